/**
 * Return files against what they did: bytes, lines, totals, and each line that moved an adjustment
 * against that adjustment's history, in both directions.
 */
import { keptDigest } from "../../batch/inbound/kept-bytes.ts";
import type { BatchDesk } from "../../batch/desk.ts";
import type { SealedBy } from "../../access/sealed-chunks.ts";
import { sql } from "../../database/sql.ts";

import type { Check, Violation } from "./violation.ts";
import { statementCheck } from "./violation.ts";

/** Of each file how many lines there are in which state. */
const FILES = sql`
  select f.client_id, f.id, f.state, f.line_count,
         format('return file %s (%s)', f.name, f.id) as at,
         l.*
  from inbound_file f
  cross join lateral (
    select count(*) as lines, coalesce(max(ordinal), 0) as last_ordinal,
           count(*) filter (where l.state = 'waiting') as waiting,
           count(*) filter (where l.state = 'unmatched') as unmatched
    from inbound_line l
    where l.client_id = f.client_id and l.file_id = f.id
  ) l`;

/** What a line did to the adjustment, or what a transition says that a line did. */
const MOVED_BY_LINES = sql`
  select client_id, adjustment_id, file_id::text as file, line::text as line,
         case when outcome = 'executed' then 'posted' else 'refused' end as said,
         count(*) as times
  from inbound_line
  where outcome in ('executed', 'failed', 'returned', 'partly')
  group by 1, 2, 3, 4, 5`;

const MOVED_IN_HISTORY = sql`
  select client_id, adjustment_id, outside ->> 'returnFile' as file, outside ->> 'line' as line,
         case when event in ('acknowledged', 'matched') then 'posted' else 'refused' end as said,
         count(*) as times
  from transition
  where outside ->> 'returnFile' is not null
  group by 1, 2, 3, 4, 5`;

export const INBOUND_CHECKS: readonly Check[] = [
  statementCheck(
    "inbound-lines",
    "a return file has the lines that were counted; all of them, or none where it is refused",
    sql`
      select client_id as client, at, format('%s counted, %s kept, the last is %s', line_count,
             lines, last_ordinal) as what
      from (${FILES}) f
      where lines <> last_ordinal
        or (lines <> line_count and not (state = 'refused' and lines = 0))`,
  ),
  statementCheck(
    "inbound-settled",
    "a return file that is done has no line that waits, and is partly matched while some are not",
    sql`
      select client_id as client, at,
             format('is %s with %s lines that wait and %s unmatched', state, waiting, unmatched)
               as what
      from (${FILES}) f
      where (state in ('matched', 'partlyMatched') and waiting > 0)
        or (state = 'matched' and unmatched > 0)
        or (state = 'partlyMatched' and unmatched = 0)
        or (state in ('received', 'held', 'refused') and waiting <> lines)`,
  ),
  statementCheck(
    "inbound-totals",
    "a return file's totals are those of its lines, and where they differ a person released it",
    sql`
      select f.client_id as client, format('return file %s (%s)', f.name, f.id) as at,
             case
               when t.counted <> s.sum
                 then format('%s: %s by its lines, %s kept', t.control, s.sum, t.counted)
               else format('%s: differs, and nobody released it', t.control)
             end as what
      from inbound_file f
      cross join lateral (
        select t ->> 'control' as control, (t ->> 'counted')::numeric as counted,
               (t ->> 'agrees')::boolean as agrees
        from jsonb_array_elements(f.totals) t
      ) t
      cross join lateral (
        select case
                 when t.control = 'count' then count(*)
                 else coalesce(sum(amount_minor) filter (where side = t.control), 0)
               end as sum, count(*) as lines
        from inbound_line l
        where l.client_id = f.client_id and l.file_id = f.id
      ) s
      where (t.counted <> s.sum and not (f.state = 'refused' and s.lines = 0))
        or (not t.agrees and f.state in ('read', 'matched', 'partlyMatched') and not exists (
          select 1 from inbound_decision d
          where d.client_id = f.client_id and d.file_id = f.id and d.decision = 'released'))`,
  ),
  statementCheck(
    "inbound-history",
    "a line that posted or refused an adjustment stands once in its history, and the other way",
    sql`
      select client_id as client,
             format('adjustment %s, return file %s, line %s', adjustment_id, file, line) as at,
             format('%s: %s lines say so, %s times in the history', said, coalesce(l.times, 0),
                    coalesce(h.times, 0)) as what
      from (${MOVED_BY_LINES}) l
      full join (${MOVED_IN_HISTORY}) h using (client_id, adjustment_id, file, line, said)
      where l.times is distinct from h.times`,
  ),
  statementCheck(
    "inbound-outcome",
    "a line of ours that a line posted, confirmed or refused carries that answer",
    sql`
      select l.client_id as client,
             format('return file %s, line %s', l.file_id, l.line) as at,
             format('is %s, and the line of ours that it names is %s', l.outcome,
                    coalesce(b.outcome, case when b.client_id is null then 'not there'
                      else 'not answered' end)) as what
      from inbound_line l
      left join batch_line b on b.client_id = l.client_id and b.file_id = l.batch_file_id
        and b.line_number = l.batch_line and b.adjustment_id = l.adjustment_id
      where l.outcome in ('executed', 'confirmed', 'failed', 'returned', 'partly')
        and (b.outcome is null or b.outcome = 'released'
          or (l.outcome in ('failed', 'returned', 'partly') and b.outcome <> 'refused'))`,
  ),
  statementCheck(
    "inbound-once",
    "a line of ours, or a detail of it, is answered the same way once",
    sql`
      select client_id as client,
             format('file %s, line %s', batch_file_id, batch_line) as at,
             format('%s %s times', said, count(*)) as what
      from (
        select client_id, batch_file_id, batch_line,
               case when outcome in ('failed', 'returned', 'partly') then 'refused' else outcome end
                 as said
        from inbound_line
        where outcome in ('executed', 'confirmed', 'failed', 'returned', 'partly')
        union all
        select client_id, batch_file_id, batch_line,
               format('detail %s %s', detail,
                      case when status = 'refused' then 'refused' else 'accepted' end)
        from inbound_line
        where outcome is not null and detail is not null
      ) answers
      group by client_id, batch_file_id, batch_line, said
      having count(*) > 1`,
  ),
  statementCheck(
    "inbound-taken-once",
    "bytes and identities are taken once, and what came again did nothing",
    sql`
      select client_id as client, format('profile %s', profile) as at,
             format('return files of the same %s: %s', same, string_agg(name, ', ' order by id))
               as what
      from (
        select client_id, profile, 'bytes' as same, encode(sha256, 'hex') as by, name, id
        from inbound_file
        union all
        select client_id, profile, 'identity', identity, name, id
        from inbound_file
        where identity is not null and state <> 'refused'
      ) f
      group by client_id, profile, same, by
      having count(*) > 1
      union all
      select f.client_id, format('return file %s (%s)', f.name, f.id),
             'is a duplicate, and has lines'
      from inbound_file f
      where f.duplicate_of is not null and (f.state <> 'refused' or exists (
        select 1 from inbound_line l
        where l.client_id = f.client_id and l.file_id = f.id and l.outcome is not null))`,
  ),
];

/** The check that is not a statement: the bytes are sealed, and opened one file after the other. */
export const INBOUND_BYTES_CHECK = {
  name: "inbound-bytes",
  holds: "every return file's stored bytes can be opened and have its length and its SHA-256",
};

interface Kept extends SealedBy {
  readonly client: string;
  readonly id: string;
  readonly name: string;
  readonly sha256: Buffer;
  readonly sizeBytes: bigint;
}

export async function* inboundBytes(desk: BatchDesk): AsyncGenerator<Violation> {
  const files = desk.engine.database.stream<Kept>(sql`
    select client_id as client, id, name, sha256, size_bytes as "sizeBytes",
           wrapped_key as "wrappedKey", wrapping_key as "wrappingKey"
    from inbound_file
    order by client_id, received_at, id
  `);
  for await (const file of files) {
    const what = await wrongWith(desk, file);
    if (what === null) continue;
    const at = `return file ${file.name} (${file.id})`;
    yield { check: INBOUND_BYTES_CHECK.name, client: file.client, at, what };
  }
}

async function wrongWith(desk: BatchDesk, file: Kept): Promise<string | null> {
  const place = { clientId: file.client, fileId: file.id };
  try {
    const kept = await keptDigest(desk.engine.database, place, desk.keys, file);
    if (BigInt(kept.sizeBytes) !== file.sizeBytes) {
      return `${kept.sizeBytes} bytes are stored, ${file.sizeBytes} came`;
    }
    return kept.sha256.equals(file.sha256) ? null : "its stored bytes have another SHA-256";
  } catch (error) {
    if (!isOfTheSeal(error)) throw error;
    return "its stored bytes were altered: they cannot be opened";
  }
}

/** What Node's cipher says of bytes that are not what was sealed. */
function isOfTheSeal(error: unknown): boolean {
  return error instanceof Error && /authenticat|wrap/i.test(error.message);
}
