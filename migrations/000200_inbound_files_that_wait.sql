-- Why: return files that wait are listed by themselves, and they are few among all that ever came.
-- Locks: share on inbound_file while the index is built. How long: about a second per ten million
-- files.

create index inbound_file_waiting on inbound_file (client_id, received_at, id)
  where state in ('received', 'read', 'held', 'partlyMatched');
