-- Why: a lease leaves room on its page, so that taking it touches no index; neither does a balance
-- that changes.
-- Locks: the assignment table exclusively, for a moment. How long: milliseconds. Room on pages
-- that are full already comes with time.

-- Nothing reads it: what a service has to do is found by `assignment_due_service`.
drop index assignment_due;

alter table assignment set (fillfactor = 50);
alter table balance set (fillfactor = 50);
