-- Why: PostgreSQL looks for a table among a session's temporary ones first, unless the path names
-- them. A function that works with the owner's rights read, and fired the triggers of, whatever the
-- application's role had made under the name of one of our tables. They come last from now on, also
-- for the two functions that judge approvals with the rights of whoever asks.
-- Locks: none on tables. How long: milliseconds.

do $$
declare
  one regprocedure;
begin
  for one in
    select oid from pg_proc
    where pronamespace = 'public'::regnamespace
      and (prosecdef or proname in ('guard_approval_decision', 'keep_approval_request'))
  loop
    execute format('alter function %s set search_path = public, pg_temp', one);
  end loop;
end
$$;
