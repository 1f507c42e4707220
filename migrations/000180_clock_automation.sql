-- Why: a credit that the machine issues goes back to whoever switched that on: they do not approve
-- it. What was switched on before this is in nobody's name.
-- Locks: none on existing rows. How long: milliseconds.

create table clock_automation (
  client_id text not null references client,
  id uuid not null,
  -- As in the client's settings of clocks.
  setting text not null
    check (setting in ('automaticProvisionalCredit', 'automaticFinalCredit')),
  is_on boolean not null,
  actor text not null check (length(actor) > 0),
  recorded_at timestamptz not null,
  primary key (client_id, id)
);

create index clock_automation_of_setting on clock_automation (client_id, setting, recorded_at);

select make_append_only('clock_automation');
