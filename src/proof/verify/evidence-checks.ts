/**
 * What people stated and showed for postings made by hand: a statement for each, the evidence it
 * rests on of the same work, and the evidence's bytes as they were kept.
 */
import { sql } from "../../database/sql.ts";
import { evidenceFault } from "../../manual/evidence.ts";
import type { EvidenceDesk } from "../../manual/evidence.ts";
import { everyEvidence } from "../../manual/views.ts";

import type { Check, Violation } from "./violation.ts";
import { statementCheck } from "./violation.ts";

export const EVIDENCE_CHECKS: readonly Check[] = [
  statementCheck(
    "attestation-kept",
    "what counts as executed by a person's word has that word",
    sql`
      with moved as (
        select client_id, adjustment_id, count(*) as times
        from transition where event = 'attested'
        group by client_id, adjustment_id
      )
      select m.client_id as client, format('adjustment %s', m.adjustment_id) as at,
             format('attested %s times, %s statements are kept', m.times, coalesce(s.kept, 0))
               as what
      from moved m
      left join (
        select client_id, adjustment_id, count(*) as kept
        from attestation
        group by client_id, adjustment_id
      ) s on s.client_id = m.client_id and s.adjustment_id = m.adjustment_id
      where m.times > coalesce(s.kept, 0)`,
  ),
  statementCheck(
    "evidence-of-attestation",
    "the evidence of a statement is there, of the same work, and was shown before it was made",
    sql`
      select l.client_id as client, format('attestation %s', l.attestation_id) as at,
             case
               when s.id is null then format('evidence %s is of no statement', l.evidence_id)
               when e.id is null then format('its evidence %s is not there', l.evidence_id)
               when e.recorded_at > s.recorded_at
                 then format('its evidence %s came after it', l.evidence_id)
               else format('its evidence %s is of other work', l.evidence_id)
             end as what
      from attestation_evidence l
      left join attestation s on s.client_id = l.client_id and s.id = l.attestation_id
      left join evidence e on e.client_id = l.client_id and e.id = l.evidence_id
      where s.id is null or e.id is null or e.recorded_at > s.recorded_at
        or e.adjustment_id <> s.adjustment_id`,
  ),
];

/** Not a statement: bytes are opened, one piece after the other. */
export const EVIDENCE_CHECK = {
  name: "evidence-bytes",
  holds: "the bytes of every piece of evidence have the size and the hash that were kept",
};

export async function* evidenceAsKept(desk: EvidenceDesk): AsyncGenerator<Violation> {
  for await (const evidence of everyEvidence(desk.engine.database)) {
    const what = await evidenceFault(desk, evidence);
    if (what === null) continue;
    const { clientId: client, id } = evidence;
    yield { check: EVIDENCE_CHECK.name, client, at: `evidence ${id}`, what };
  }
}
