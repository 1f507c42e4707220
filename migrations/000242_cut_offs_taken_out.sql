-- Why: a cut-off that was taken out of a profile and is taken up again made up every window of the
-- time between, as if the server had been down. Since when a cut-off is not configured, and until
-- when it was not, is kept: there it missed nothing.
-- Locks: none on what is there; one new table. How long: no time at all.

create table batch_cut_off_gap (
  client_id text not null references client (id),
  profile text not null,
  cut_off text not null,
  removed_at timestamptz not null,
  -- Null while it is not configured.
  taken_up_at timestamptz check (taken_up_at >= removed_at),
  primary key (client_id, profile, cut_off, removed_at)
);
create unique index batch_cut_off_gap_open on batch_cut_off_gap (client_id, profile, cut_off)
  where taken_up_at is null;
grant select, insert, update on batch_cut_off_gap to redress_app;
