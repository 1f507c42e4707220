-- Why: an adjustment that had another id while its assignment closed was not found, and showed the
-- closed one when it had its own id back: what is shown is looked at also where the id changes. And
-- the plan of the look-up, made while the tables were small, read all of them for each adjustment.
-- Locks: access exclusive on adjustment for moments. How long: milliseconds, no row is read.

drop trigger shows_another on adjustment;
create constraint trigger shows_another after update on adjustment
  deferrable initially deferred
  for each row when (
    new.open_assignment_id is not null
    and (new.client_id, new.id, new.open_assignment_id)
      is distinct from (old.client_id, old.id, old.open_assignment_id))
  execute function shown_is_open();

alter function shown_is_open() set enable_seqscan = off;
