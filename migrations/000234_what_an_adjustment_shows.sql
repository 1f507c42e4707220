-- Why: that an adjustment shows an open assignment was a foreign key with `is_open` in it. It took
-- an index on either side, and each assignment that closed was looked up by itself at the commit.
-- Now the statement that closes assignments looks at all of them at once, so an adjustment is moved
-- before its assignment closes; what begins to be shown is looked at by the time of the commit. An
-- adjustment moves two or three times and leaves its page full: it has room for it there.
-- Locks: access exclusive on adjustment and assignment for moments. How long: milliseconds; what is
-- stored already stays where it is.

alter table adjustment
  drop constraint adjustment_client_id_open_assignment_id_assignment_open_fkey,
  drop column assignment_open,
  set (fillfactor = 50);
alter table assignment drop constraint assignment_client_id_id_is_open_key;
drop index adjustment_open_assignment;

-- Looked at as it stands by then: what was opened may have closed again.
create function shown_is_open() returns trigger
  language plpgsql security definer set search_path = public as $$
begin
  perform 1
  from adjustment a
  left join assignment s on s.client_id = a.client_id and s.id = a.open_assignment_id
    and s.adjustment_id = a.id
  where a.client_id = new.client_id and a.id = new.id
    and a.open_assignment_id is not null and s.is_open is not true;
  if found then
    raise exception 'adjustment % shows assignment %, which is not open for it',
      new.id, new.open_assignment_id
      using errcode = 'foreign_key_violation', constraint = 'adjustment_shows_open_assignment';
  end if;
  return null;
end
$$;

create constraint trigger shows_open after insert on adjustment
  deferrable initially deferred
  for each row when (new.open_assignment_id is not null) execute function shown_is_open();
create constraint trigger shows_another after update on adjustment
  deferrable initially deferred
  for each row when (
    new.open_assignment_id is not null
    and new.open_assignment_id is distinct from old.open_assignment_id)
  execute function shown_is_open();

create function closed_is_not_shown() returns trigger
  language plpgsql security definer set search_path = public
  set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
declare
  shown record;
begin
  select n.id, n.adjustment_id into shown
  from changed n
  join adjustment a on a.client_id = n.client_id and a.id = n.adjustment_id
  where not n.is_open and a.open_assignment_id = n.id
  limit 1;
  if found then
    raise exception 'assignment % is closed, and adjustment % shows it',
      shown.id, shown.adjustment_id
      using errcode = 'foreign_key_violation', constraint = 'adjustment_shows_open_assignment';
  end if;
  return null;
end
$$;

create trigger closed_is_not_shown after update on assignment
  referencing new table as changed
  for each statement execute function closed_is_not_shown();
