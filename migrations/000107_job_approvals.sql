-- Why: a job may decide on requests for approval; not each of them is about an assignment.
-- Locks: job_item exclusively for a moment, while its rows are checked. How long: about a second
-- per million items.

alter table job_item
  alter column assignment_id drop not null,
  alter column adjustment_id drop not null,
  add column approval_id uuid,
  add constraint job_item_is_about_something
    check (approval_id is not null or (assignment_id is not null and adjustment_id is not null));
