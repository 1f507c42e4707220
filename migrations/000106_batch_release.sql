-- Why: a generated file may have to wait for another person before it leaves; declined, it is void.
-- The database keeps a file that waits from being due and from leaving. Statements about files that
-- waited for a second person before there were requests get theirs.
-- Locks: batch_file exclusively while its rows are checked. How long: about a second per million
-- files.

alter table batch_file
  add column release text not null default 'free'
    check (release in ('free', 'waiting', 'approved', 'declined')),
  add constraint batch_file_waits_for_release
    check (release in ('free', 'approved') or (due_at is null and state in ('generated', 'void'))),
  drop constraint batch_file_void_statement_check,
  add constraint batch_file_void_statement_check
    check (void_statement in ('notReceived', 'rejected', 'deleted', 'notReleased'));

insert into approval_request (client_id, id, subject_kind, subject_id, summary, rule, rule_words,
  amount_minor, currency, requested_by, requester, reason, same_matter, levels, requested_at)
select s.client_id, gen_random_uuid(), 'regenerateBatch', s.id::text,
       'regenerate file ' || f.file_name, 'before', 'it waited already',
       (select coalesce(sum((d ->> 'amountMinor')::bigint), 0)
        from jsonb_array_elements(s.difference) d), f.currency,
       s.actor, s.actor, s.reason, 'regenerateBatch ' || s.file_id, 1, s.recorded_at
from batch_statement s
join batch_file f on f.client_id = s.client_id and f.id = s.file_id
where s.state = 'waiting';

insert into approval_level (client_id, request_id, level, permission)
select client_id, id, 1, 'batch:regenerate'
from approval_request
where subject_kind = 'regenerateBatch';

insert into approval_chain (client_id, request_id, person, why)
select client_id, id, requester, 'asked for it'
from approval_request
where subject_kind = 'regenerateBatch'
union
select r.client_id, r.id, k.created_by, 'has the API key that asked for it'
from approval_request r
join api_key k on 'key:' || k.name = r.requested_by
where r.subject_kind = 'regenerateBatch' and k.created_by <> r.requester
on conflict do nothing;
