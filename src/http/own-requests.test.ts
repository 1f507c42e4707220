/**
 * Nobody approves their own work, or a request that goes back to them: every kind of subject, by
 * everybody who had a hand in it, with every role, through every interface. Generated.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { batchDesk } from "../../test/support/batch-desk.ts";
import { atTheTerminal } from "../../test/support/cli.ts";
import { aClient, aDisputeOf, operate } from "../../test/support/engine.ts";
import { call, testServer } from "../../test/support/http.ts";
import type { TestServer } from "../../test/support/http.ts";
import { aKeyOf, aUser } from "../../test/support/people.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import type { Role } from "../access/roles.ts";
import { ROLES, rolesAllow, rolesWith } from "../access/roles.ts";
import { PROPOSAL_KINDS } from "../accounting/write-approvals.ts";
import { approvalDesk } from "../approval-desk.ts";
import { approvalCommands } from "../cli/commands/approvals.ts";
import { sql } from "../database/sql.ts";
import { noFailpoints } from "../kernel/failpoints.ts";
import { Failure } from "../kernel/failure.ts";
import { askApproval } from "../work/approvals/ask.ts";
import { decideApproval } from "../work/approvals/decide.ts";
import { decisionJobKind } from "../work/approvals/job-kind.ts";
import { insertDelegation, withdrawRequests } from "../work/approvals/store.ts";
import { SUBJECT_KINDS } from "../work/approvals/subjects.ts";
import { APPROVAL_RIGHTS } from "../work/approvals/tiers.ts";
import { jobKinds } from "../work/job-kinds.ts";
import { runTurn } from "../work/run-jobs.ts";

const db = useDatabase({ kept: true });
let server: TestServer;

/** Who had a hand in every request, and how it is said. */
const INVOLVED = {
  ann: "you asked for it",
  bea: "you made the operation, by key:bot",
  cid: "you changed the amount",
  dot: "you asked for the job",
  eve: "you took part in level 1",
  fay: "ann asked for it, and one of you lent the other the right to approve",
  gus: "ann asked for it, and one of you lent the other the right to approve",
  hal: "cid changed the amount, and one of you lent the other the right to approve",
} as const;
type Involved = keyof typeof INVOLVED;
const PEOPLE = Object.keys(INVOLVED) as Involved[];

/** Each role alone, and all of them at once: none is exempt. */
const ROLE_SETS: readonly (readonly Role[])[] = [...ROLES.map((role) => [role]), ROLES];

interface Asked {
  readonly kind: string;
  readonly clientId: string;
  readonly id: string;
  /** The adjustment's assignment, where the kind is of one that waits. */
  readonly assignment: { readonly id: string; readonly version: number } | null;
}
const asked: Asked[] = [];
const keys = new Map<string, string>();
let admin = "";

beforeAll(async () => {
  server = await testServer(db);
  const { engine } = server;
  admin = await server.keyFor("admin");
  for (const person of [...PEOPLE, "zoe"]) await aUser(engine, person, ROLES);
  await aKeyOf(engine, "bea", ["analyst"], "bot");
  await lend("ann", "fay");
  await lend("gus", "ann");
  await lend("cid", "hal");
  for (const person of PEOPLE) {
    for (const roles of ROLE_SETS) {
      keys.set(`${person} ${roles.join()}`, await aKeyOf(engine, person, roles));
    }
  }
  const clientId = await aClient(engine);
  for (const { kind } of SUBJECT_KINDS) asked.push(await ask(clientId, kind));
}, 120_000);
afterAll(() => server.app.close());

async function lend(delegator: string, delegate: string): Promise<void> {
  const { ids, clock } = server.engine;
  const now = clock.now();
  const row = {
    id: ids.next(),
    delegator,
    delegate,
    permissions: APPROVAL_RIGHTS,
    clients: null,
    kinds: null,
    maximumMinor: null,
    currency: null,
    validFrom: now.toString(),
    validUntil: now.add({ hours: 240 }).toString(),
    reason: "leave",
    givenBy: delegator,
  };
  await insertDelegation(db, row, now.toString());
}

/** A request of two levels, the first one decided by eve. */
async function ask(clientId: string, kind: string): Promise<Asked> {
  const { engine } = server;
  const about = SUBJECT_KINDS.find((one) => one.kind === kind);
  const isProposal = PROPOSAL_KINDS.some((one) => one === kind);
  const isAdjustment = about?.isAdjustment === true;
  const adjustment = isAdjustment ? await aProposal(clientId) : engine.ids.next();
  const right = about?.right ?? "assignment:approve";
  const id = await db.transaction((tx) =>
    askApproval(tx, engine, {
      clientId,
      subject: { kind, id: adjustment },
      summary: `a request of ${kind}`,
      need: { rule: "test", words: "two people", rights: [right, right] },
      requestedBy: "ann",
      alsoBy: [
        { actor: "key:bot", why: "made the operation" },
        { actor: "cid", why: "changed the amount" },
        { actor: "dot", why: "asked for the job" },
      ],
    }),
  );
  await decideApproval(approvalDesk(engine, batchDesk(engine)), {
    clientId,
    requestId: id,
    approved: true,
    reason: "",
    by: { name: "eve", rights: new Set([right]) },
  });
  return { kind, clientId, id, assignment: isProposal ? await shownBy(adjustment) : null };
}

async function aProposal(clientId: string): Promise<string> {
  const { engine } = server;
  const dispute = await aDisputeOf(engine, clientId);
  const input = { rule: "CoreFee", amount: "10.00", reason: "test" };
  const { adjustments } = await operate(engine, clientId, dispute, "adjustManually", input);
  const subjectId = adjustments[0]?.id ?? "";
  const gone = { clientId, subjectKinds: PROPOSAL_KINDS, subjectId, actor: "test", reason: "test" };
  await db.transaction((tx) => withdrawRequests(tx, [gone], engine.clock.now().toString()));
  return subjectId;
}

async function shownBy(adjustment: string) {
  const { body } = await call(server.app, admin, "GET", "/v1/assignments?limit=100");
  const found = body.items.find((one) => one["adjustment"] === adjustment);
  return { id: String(found?.["id"]), version: Number(found?.["version"]) };
}

interface Attempt {
  readonly person: Involved;
  readonly roles: readonly Role[];
  readonly key: string;
}

interface Refusal {
  readonly kind: string;
  readonly code: unknown;
  readonly words: string;
}

type Interface = (attempt: Attempt) => Promise<readonly Refusal[]>;

const each = (
  requests: readonly Asked[],
  refused: (one: Asked) => Promise<Omit<Refusal, "kind">>,
) => Promise.all(requests.map(async (one) => ({ kind: one.kind, ...(await refused(one)) })));

const INTERFACES: Readonly<Record<string, Interface>> = {
  "an API key of the person": ({ key }) =>
    each(asked, async ({ id }) => {
      const order = { body: { approved: true }, version: 2 };
      const { body } = await call(server.app, key, "POST", `/v1/approvals/${id}/decisions`, order);
      return { code: body["code"], words: String(body["detail"]) };
    }),
  "the person signed in": ({ person, roles }) =>
    each(asked, async ({ clientId, id: requestId }) => {
      const desk = approvalDesk(server.engine, batchDesk(server.engine));
      const rights = new Set(APPROVAL_RIGHTS.filter((right) => rolesAllow(roles, right)));
      const by = { name: person, rights };
      const order = { clientId, requestId, approved: true, reason: "", by };
      return failureOf(() => decideApproval(desk, order));
    }),
  "the assignment's action": async ({ key, roles }) => {
    // Without the right the action itself is refused before anybody is judged.
    if (!rolesAllow(roles, "assignment:approve")) return [];
    const shown = asked.filter((one) => one.assignment !== null);
    return each(shown, async ({ assignment }) => {
      const path = `/v1/assignments/${assignment?.id ?? ""}/approval`;
      const order = { body: { approved: true }, version: assignment?.version ?? 0 };
      const { body } = await call(server.app, key, "POST", path, order);
      return { code: body["code"], words: String(body["detail"]) };
    });
  },
  "a job": async ({ key }) => {
    const filter = { approved: true, ids: asked.map((one) => one.id) };
    const order = { body: { kind: "decideApprovals", filter } };
    const job = await call(server.app, key, "POST", "/v1/jobs", order);
    const desk = { ...server.engine, failpoints: noFailpoints, report: () => undefined };
    const kinds = jobKinds([
      decisionJobKind(approvalDesk(server.engine, batchDesk(server.engine))),
    ]);
    while (await runTurn(desk, kinds, { worker: "test" }));
    const path = `/v1/jobs/${String(job.body["id"])}/items`;
    const { items } = (await call(server.app, key, "GET", path)).body;
    return each(asked, ({ id }) => {
      const item = items.find((one) => one["approval"] === id);
      return Promise.resolve({ code: item?.["code"], words: String(item?.["reason"]) });
    });
  },
  "the terminal": async ({ key }) => {
    const refusals: Refusal[] = [];
    process.env["REDRESS_API_KEY"] = key;
    for (const { id, kind } of asked) {
      refusals.push({ kind, ...(await failureOf(() => approveAtTheTerminal(id))) });
    }
    delete process.env["REDRESS_API_KEY"];
    return refusals;
  },
};

function approveAtTheTerminal(id: string): Promise<unknown> {
  return atTheTerminal(server.engine, approvalCommands, "approvals", "approve", id);
}

async function failureOf(work: () => Promise<unknown>): Promise<Omit<Refusal, "kind">> {
  try {
    await work();
    return { code: null, words: "it was approved" };
  } catch (error) {
    if (error instanceof Failure) return { code: error.code, words: error.message };
    throw error;
  }
}

describe.each(Object.entries(INTERFACES))("through %s", (name, through) => {
  test.each(PEOPLE)(
    "%s approves nothing, whatever their role",
    async (person) => {
      for (const roles of ROLE_SETS) {
        const key = keys.get(`${person} ${roles.join()}`) ?? "";
        const refusals = await through({ person, roles, key });
        const why = `${name}, ${person} as ${roles.join()}`;
        for (const { kind, code, words } of refusals) {
          expect([kind, code], why).toEqual([kind, "self-approval"]);
          expect(words, why).toContain(INVOLVED[person]);
          expect(words, why).toContain("level 2 of 2 needs somebody else with the right to");
          expect(words, why).toContain("zoe");
        }
      }
    },
    120_000,
  );
});

test("every kind was tried, and somebody who had no hand in it may", async () => {
  expect(asked).toHaveLength(SUBJECT_KINDS.length);
  const waiting = await db.query(sql`select 1 from approval_request where state = 'waiting'`);
  expect(waiting).toHaveLength(SUBJECT_KINDS.length);
  const zoe = await aKeyOf(server.engine, "zoe", ROLES);
  for (const { id, kind } of asked) {
    const { body } = await call(server.app, zoe, "GET", `/v1/approvals/${id}`);
    expect(body, kind).toMatchObject({ mayDecide: true, whyNot: null });
  }
});

test("an import runs operations and approves nothing", async () => {
  const key = await aKeyOf(server.engine, "ann", ROLES);
  const [one] = asked;
  const line = { type: "approval", key: "a-1", client: one?.clientId, approval: one?.id };
  const answer = await call(server.app, key, "POST", "/v1/imports", {
    body: `${JSON.stringify(line)}\n`,
    headers: { "content-type": "application/x-ndjson" },
  });

  expect(answer.text).toMatch(/input-invalid|request-invalid|rejected/);
  const { body } = await call(server.app, key, "GET", `/v1/approvals/${one?.id ?? ""}`);
  expect(body).toMatchObject({ state: "waiting" });
});

test("the roles that carry a right are those that a refusal names", () => {
  for (const right of APPROVAL_RIGHTS) expect(rolesWith(right).length, right).toBeGreaterThan(0);
});
