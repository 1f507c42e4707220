-- Why: a client's settings hold the XML that its services are sent, and XML has an order of
-- elements that jsonb does not keep. As json they are kept as they were written.
-- Locks: client, exclusively, while its rows are written anew. How long: milliseconds.

alter table client
  alter column settings drop default,
  alter column settings type json using settings::json,
  alter column settings set default '{}'::json;
