-- Why: what the service monitor asks several times a minute has to be answered from an index: calls
-- of the last hour by minute, outcome and latency; what failed; what ended in time. And since when
-- a circuit is not closed.
-- Locks: service_attempt_outcome and assignment, exclusively, while the columns are filled in and
-- the indexes are built. How long: about ten seconds per million attempts.

alter table service_attempt_outcome
  add column service text,
  add column purpose text;

-- The attempt's own words, copied beside its outcome: nothing that was recorded changes.
alter table service_attempt_outcome disable trigger append_only;
update service_attempt_outcome o
set service = t.service, purpose = t.purpose
from service_attempt t
where t.client_id = o.client_id and t.adjustment_id = o.adjustment_id and t.id = o.attempt_id
  and t.started_at = o.started_at;
alter table service_attempt_outcome enable trigger append_only;

alter table service_attempt_outcome
  alter column service set not null,
  alter column purpose set not null,
  add check (purpose in ('post', 'lookUp', 'probe'));

-- Figures over a span of time without reading the rows. Codes are not in it: a core's code may be
-- longer than an index entry.
create index service_attempt_outcome_of_service
  on service_attempt_outcome (client_id, service, started_at)
  include (purpose, outcome, latency_ms);

-- What failed at a service and waits for a person.
create index assignment_failed_service on assignment (client_id, destination, opened_at, id)
  where is_open and type = 'Execute Accounting Service Failed';

-- What a service brought to an end, in time or late.
create index assignment_closed_service on assignment (client_id, destination, closed_at)
  include (deadline_at, outcome)
  where type = 'Pending Accounting Service' and not is_open;

alter table service_circuit add column opened_at timestamptz;
update service_circuit set opened_at = updated_at where state <> 'closed';
alter table service_circuit add check ((state = 'closed') = (opened_at is null));
