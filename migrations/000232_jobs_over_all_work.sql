-- Why: work of a dispute as a whole belongs to no movement; a job over all that matches stopped at
-- the first of it, and did nothing at all.
-- Locks: job_item for a moment, exclusively. How long: one look at its rows, seconds for millions.

alter table job_item
  drop constraint job_item_is_about_something,
  add constraint job_item_is_about_something
    check (approval_id is not null or assignment_id is not null);
