-- Why: what was open at a past moment was found by reading all of a client's history up to then. An
-- index over the lifetimes of what is closed finds it by what was open then.
-- Locks: assignment against writes while the index is built. How long: about eight seconds per
-- million closed assignments.

-- Clocks of two machines may differ: an assignment closed before it opened lived no time at all.
create index assignment_lifetime on assignment
  using gist (tstzrange(least(opened_at, closed_at), closed_at))
  where not is_open;

-- Plots over time read lifetimes too.
drop index assignment_event_span;
