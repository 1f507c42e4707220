/** Approvals and evidence: sound ones have no violation, and what is planted is found and named. */
import { describe, expect, test } from "vitest";

import { batchDesk } from "../../../test/support/batch-desk.ts";
import {
  aClient,
  aDisputeOf,
  operate,
  TEST_KEYS,
  testEngine,
} from "../../../test/support/engine.ts";
import { aUser } from "../../../test/support/people.ts";
import { planterOf, violationsOf } from "../../../test/support/planted.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { completion } from "../../../test/support/work-by-hand.ts";
import { approvalDesk } from "../../approval-desk.ts";
import type { Statement } from "../../database/sql.ts";
import { sql } from "../../database/sql.ts";
import { completeByHand } from "../../manual/complete.ts";
import { keepEvidence } from "../../manual/evidence.ts";
import { MACHINE_ACTOR } from "../../service/desk.ts";
import { decideApproval } from "../../work/approvals/decide.ts";
import { insertDelegation } from "../../work/approvals/store.ts";
import { APPROVAL_RIGHTS } from "../../work/approvals/tiers.ts";
import { listAssignments } from "../../work/views.ts";

import { APPROVAL_CHECKS } from "./approval-checks.ts";
import { EVIDENCE_CHECK, EVIDENCE_CHECKS } from "./evidence-checks.ts";
import type { Violation } from "./violation.ts";

const database = useDatabase();
const engine = testEngine(database);
const desk = batchDesk(engine);

const violations = (): Promise<Violation[]> => violationsOf(desk);
const plant = planterOf(database);

async function decide(requestId: string, clientId: string, name: string, approved = true) {
  const rights = new Set(name === "dan" ? [] : APPROVAL_RIGHTS);
  const reason = approved ? "" : "not owed";
  const order = { clientId, requestId, approved, reason, by: { name, rights } };
  await decideApproval(approvalDesk(engine, desk), order);
}

const waiting = (clientId: string) =>
  database.query<{ id: string }>(sql`
    select id from approval_request
    where client_id = ${clientId} and state = 'waiting' order by requested_at, id`);

/** Approved at two levels, one of them in another's place; declined; waiting; attested. */
async function lived(): Promise<void> {
  const clientId = await aClient(engine, {
    approvals: { issueProvisionalCredit: [{ above: "20.00", levels: 2 }] },
  });
  await aUser(engine, "pia", ["approver"]);
  const now = engine.clock.now();
  await insertDelegation(
    database,
    {
      id: engine.ids.next(),
      delegator: "pia",
      delegate: "dan",
      permissions: ["assignment:approve"],
      clients: null,
      kinds: null,
      maximumMinor: null,
      currency: null,
      validFrom: now.toString(),
      validUntil: now.add({ hours: 48 }).toString(),
      reason: "leave",
      givenBy: "pia",
    },
    now.toString(),
  );
  const ask = async (operation: string, input: Record<string, unknown> = {}) => {
    engine.clock.advance({ seconds: 1 });
    const dispute = await aDisputeOf(engine, clientId);
    await operate(engine, clientId, dispute, operation, input);
    return (await waiting(clientId)).at(-1)?.id ?? "";
  };
  const credit = await ask("issueProvisionalCredit");
  engine.clock.advance({ seconds: 1 });
  await decide(credit, clientId, "olga");
  await decide(credit, clientId, "dan");
  const fee = { rule: "CoreFee", amount: "10.00", reason: "test" };
  await decide(await ask("adjustManually", fee), clientId, "olga");
  await decide(await ask("issueProvisionalCredit"), clientId, "olga", false);
  await ask("issueProvisionalCredit");
  const { items } = await listAssignments(database, { clientIds: [clientId], limit: 20 });
  const [work] = items.filter((row) => row.type === "Execute Accounting Assignment");
  if (work === undefined) throw new Error("the approved credit is work by hand");
  const { evidence } = await keepEvidence(
    { engine, keys: TEST_KEYS },
    {
      clientId,
      assignmentId: work.id,
      name: "print.pdf",
      bytes: Buffer.from("%PDF-1.7 posted"),
      actor: "amy",
    },
  );
  const [done] = await completeByHand(engine, [completion(work, { evidence: [evidence.id] })]);
  expect(done).toMatchObject({ failure: null });
}

test("what people did by the rules has no violation", async () => {
  await lived();

  expect(await violations()).toEqual([]);
});

const TWO_LEVELS = sql`(
  select id from approval_request where levels = 2 and state = 'approved')`;

const PLANTED: readonly (readonly [string, string, RegExp, ...Statement[]])[] = [
  [
    "approval-levels",
    "a level's word is missing",
    /approved, with 1 of 2 levels agreed/,
    sql`delete from approval_decision where request_id = ${TWO_LEVELS} and level = 2`,
  ],
  [
    "approval-levels",
    "approved and declined",
    /approved and declined/,
    sql`update approval_decision set approved = false, reason = 'no'
        where request_id = ${TWO_LEVELS} and level = 1`,
  ],
  [
    "approval-levels",
    "decided after it was settled",
    /before it was asked for, or after it was settled/,
    sql`update approval_decision set recorded_at = recorded_at + interval '1 day'
        where request_id = ${TWO_LEVELS} and level = 2`,
  ],
  [
    "approval-levels",
    "declined by nobody",
    /declined by nobody/,
    sql`delete from approval_decision where not approved`,
  ],
  [
    "approval-levels",
    "a level was taken away",
    /1 levels are kept of 2/,
    sql`delete from approval_level where request_id = ${TWO_LEVELS} and level = 2`,
  ],
  [
    "approval-people",
    "whoever asked for it approved it",
    /^olga approved it, and asked for it$/,
    sql`update approval_chain set person = 'olga'
        where request_id = ${TWO_LEVELS} and person = 'test'`,
  ],
  [
    "approval-people",
    "one who had a hand in it had it approved in their place",
    /^pia approved it, and asked for it$/,
    sql`update approval_chain set person = 'pia'
        where request_id = ${TWO_LEVELS} and person = 'test'`,
  ],
  [
    "approval-people",
    "one person at two levels",
    /level 2 and level 1 are one person's/,
    sql`update approval_decision set on_behalf_of = 'olga'
        where request_id = ${TWO_LEVELS} and level = 2`,
  ],
  [
    "approval-lent",
    "the loan had ended",
    /dan decided level 2 in the place of pia, who had not lent it/,
    sql`update approval_delegation set revoked_at = valid_from, revoked_by = 'pia'`,
  ],
  [
    "approval-lent",
    "the loan is of another right",
    /who had not lent it/,
    sql`update approval_delegation set permissions = '{batch:generate}'`,
  ],
  [
    "approval-lent",
    "the one who approved is tied to the one who asked",
    /olga approved it, tied by a loan to test, who asked for it/,
    sql`update approval_delegation set delegator = 'test', delegate = 'olga'`,
  ],
  [
    "approval-of-what-was-done",
    "an approval was taken back behind its back",
    /went on 1 times from waiting, approved 0 times/,
    sql`delete from approval_request where id = ${TWO_LEVELS}`,
  ],
  [
    "approval-of-what-was-done",
    "a manual adjustment that nobody approved",
    /is [a-zA-Z]+, and nobody approved it/,
    sql`delete from approval_request where subject_kind = 'adjustManually'`,
    sql`delete from transition where from_state = 'awaitingApproval' and adjustment_id = (
          select id from adjustment where operation = 'adjustManually')`,
  ],
  [
    "approval-of-what-was-done",
    "a finding of one person",
    /was found not to have posted, without a second person/,
    sql`update transition set event = 'foundNotPosted' where event = 'attested'`,
  ],
  [
    "approval-waits",
    "a request waits about what is over",
    /waits, and what it is about is executed/,
    sql`update approval_request set state = 'waiting', approved_levels = 0, settled_at = null,
          settled_by = null, settled_because = null where id = ${TWO_LEVELS}`,
  ],
  [
    "approval-waits",
    "what awaits approval is asked of nobody",
    /awaits approval, and nobody is asked/,
    sql`delete from approval_request where state = 'waiting'`,
  ],
  [
    "attestation-kept",
    "a statement is missing",
    /attested 1 times, 0 statements are kept/,
    sql`delete from attestation`,
  ],
  [
    "evidence-of-attestation",
    "evidence is gone",
    /its evidence [0-9a-f-]+ is not there/,
    sql`delete from evidence`,
  ],
  [
    "evidence-of-attestation",
    "evidence came afterwards",
    /its evidence [0-9a-f-]+ came after it/,
    sql`update evidence set recorded_at = recorded_at + interval '1 day'`,
  ],
  [
    "evidence-of-attestation",
    "evidence of other work",
    /its evidence [0-9a-f-]+ is of other work/,
    sql`update evidence set adjustment_id = (
          select id from adjustment where operation = 'adjustManually')`,
  ],
  [
    "evidence-bytes",
    "a byte was changed",
    /./,
    sql`update evidence_chunk set bytes = set_byte(bytes, 20, get_byte(bytes, 20) # 1)`,
  ],
  [
    "evidence-bytes",
    "the kept hash is another",
    /are not those that were kept/,
    sql`update evidence set sha256 = sha256('another')`,
  ],
  [
    "evidence-bytes",
    "the kept size is another",
    /15 bytes, 16 were kept/,
    sql`update evidence set size_bytes = size_bytes + 1`,
  ],
];

describe("what is planted is found, named and placed", () => {
  const planted = PLANTED.map(([check, how, what, ...statements]) => ({
    check,
    how,
    what,
    statements,
  }));

  test.each(planted)("$check: $how", async ({ check, what, statements }) => {
    await lived();
    await plant(...statements);

    const own = (await violations()).filter((violation) => violation.check === check);

    expect(own.map((one) => one.what)).toContainEqual(expect.stringMatching(what));
    expect(own[0]?.client).toMatch(/^client-/);
    expect(own[0]?.at).not.toBe("");
  });

  test("what a look-up of the machine has shown takes no second person", async () => {
    await lived();
    await plant(sql`
      update transition set event = 'foundNotPosted', actor = ${MACHINE_ACTOR}
      where event = 'attested'`);

    const told = (await violations()).map((one) => one.what);

    expect(told.filter((what) => what.includes("found not to have posted"))).toEqual([]);
  });

  test("every check is planted against", () => {
    const names = new Set(planted.map((one) => one.check));
    const checks = [...APPROVAL_CHECKS, ...EVIDENCE_CHECKS, EVIDENCE_CHECK];

    expect(checks.map((one) => one.name).filter((name) => !names.has(name))).toEqual([]);
  });
});
