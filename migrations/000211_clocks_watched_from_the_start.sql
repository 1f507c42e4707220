-- Why: a change marks the disputes whose clocks are watched. What changed while a new dispute was
-- looked at for the first time found no watch yet, so it left no mark: the watch comes with the
-- book.
-- Locks: none, a function is replaced. How long: milliseconds.
create or replace function mark_clocks_of_new_books() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  insert into clock_watch (client_id, dispute_id, looked_at)
  select client_id, dispute_id, statement_timestamp() from added
  on conflict (client_id, dispute_id) do nothing;
  insert into clock_mark (client_id, dispute_id)
  select client_id, dispute_id from added;
  return null;
end
$$;
