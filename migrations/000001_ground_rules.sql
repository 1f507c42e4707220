-- Why: functions and rights that every later table uses: append-only tables, monthly partitions.
-- Locks: none on existing rows. How long: milliseconds.

grant usage on schema public to redress_app;

-- The application may add rows to an append-only table, never change or remove them.
create function refuse_change() returns trigger
  language plpgsql as $$
begin
  raise exception '% is append-only: % refused', tg_table_name, lower(tg_op)
    using errcode = 'restrict_violation',
          hint = 'Correct by a linked reversal; history is never rewritten.';
end
$$;

create function make_append_only(target regclass) returns void
  language plpgsql as $$
begin
  execute format(
    'create trigger append_only before update or delete or truncate on %s '
    'for each statement execute function refuse_change()', target);
  execute format('grant select, insert on %s to redress_app', target);
end
$$;

-- Monthly partitions of a table partitioned by recorded_at, from the month of `first` on. Rows
-- outside every month go to the default partition, so that an insert never fails for want of one.
create function ensure_month_partitions(target text, first date, months integer) returns void
  language plpgsql security definer set search_path = public as $$
declare
  start_on date;
  name text;
begin
  for step in 0 .. months - 1 loop
    start_on := (date_trunc('month', first) + make_interval(months => step))::date;
    name := format('%s_%s', target, to_char(start_on, 'YYYYMM'));
    if to_regclass(name) is null then
      execute format(
        'create table %I partition of %I for values from (%L) to (%L)',
        name, target, start_on::timestamp at time zone 'UTC',
        (start_on + interval '1 month')::timestamp at time zone 'UTC');
    end if;
  end loop;
  name := target || '_default';
  if to_regclass(name) is null then
    execute format('create table %I partition of %I default', name, target);
  end if;
end
$$;
