/** A queue of manual work and people who work it at once, as the verbs do it. */
import type { Database } from "../../src/database/database.ts";
import { sql } from "../../src/database/sql.ts";
import { Failure } from "../../src/kernel/failure.ts";
import { completeByHand } from "../../src/manual/complete.ts";
import { RIGHTS } from "../../src/work/actions.ts";
import { nextGatherer } from "../../src/work/gather-next.ts";
import { lockClaim, unlockClaim } from "../../src/work/lock-claim.ts";
import { releaseAssignments } from "../../src/work/release.ts";
import type { AssignmentRow } from "../../src/work/views.ts";
import type { TestEngine } from "./engine.ts";
import { testEngine } from "./engine.ts";
import { manyDisputes } from "./many-disputes.ts";

const RIGHTS_OF_ALL = new Set(Object.values(RIGHTS));

/** Claims with manual credits; urgencies of five kinds, amounts all different. */
export async function aQueueOf(database: Database, owner: Database, count: number) {
  const engine = testEngine(database);
  const clientId = await manyDisputes(engine, count);
  await owner.execute(sql`
    update assignment set urgency = 10 + abs(hashtext(id::text)) % 5 * 10
    where client_id = ${clientId}
  `);
  return { engine, clientId };
}

export interface Tally {
  completed: number;
  released: number;
  lockedAway: number;
}

/**
 * People who take what comes, complete most of it, give some back, and open some claims, until
 * nothing is left. They ask two servers, which know nothing of each other.
 */
export async function workThrough(
  { engine, clientId }: { engine: TestEngine; clientId: string },
  people: number,
): Promise<Tally> {
  const servers = [nextGatherer(engine), nextGatherer(engine)];
  const tally: Tally = { completed: 0, released: 0, lockedAway: 0 };
  let turn = 0;
  const work = async (index: number): Promise<void> => {
    const person = `person-${index}`;
    const next = servers[index % servers.length] as (typeof servers)[number];
    for (;;) {
      const row = await next({ person, rights: RIGHTS_OF_ALL, clientIds: [clientId] });
      if (row === undefined) {
        if ((await openCount(engine, clientId)) === 0) return;
        await new Promise((resolve) => setTimeout(resolve, 5));
        continue;
      }
      turn += 1;
      if (turn % 9 === 0) await giveBack(engine, person, row, tally);
      else if (turn % 7 === 0) await openAndComplete(engine, person, row, tally);
      else await complete(engine, person, row, tally);
    }
  };
  await Promise.all(Array.from({ length: people }, (_, index) => work(index)));
  return tally;
}

async function giveBack(
  engine: TestEngine,
  person: string,
  row: AssignmentRow,
  tally: Tally,
): Promise<void> {
  await releaseAssignments(engine, person, [row]);
  tally.released += 1;
}

async function openAndComplete(
  engine: TestEngine,
  person: string,
  row: AssignmentRow,
  tally: Tally,
): Promise<void> {
  const claim = { clientId: row.clientId, claimId: row.claimId };
  try {
    await lockClaim(engine, claim, person);
  } catch (error) {
    // Its other dispute is being worked: not now.
    if (!(error instanceof Failure) || error.code !== "claim-locked") throw error;
    return giveBack(engine, person, row, tally);
  }
  tally.lockedAway += 1;
  await complete(engine, person, row, tally);
  await unlockClaim(engine, claim, person, { isAllowed: false, reason: null });
}

async function complete(
  engine: TestEngine,
  person: string,
  row: AssignmentRow,
  tally: Tally,
): Promise<void> {
  const [result] = await completeByHand(engine, [
    {
      clientId: row.clientId,
      assignmentId: row.id,
      version: row.version,
      actor: person,
      reference: `CORE-${row.id.slice(-4)}`,
      postingDate: "2026-11-16",
      attested: true,
    },
  ]);
  // Its other dispute is being worked by whoever has the claim open: not now.
  if (result?.failure?.code === "claim-locked") return giveBack(engine, person, row, tally);
  if (result?.failure) throw result.failure;
  tally.completed += 1;
}

async function openCount(engine: TestEngine, clientId: string): Promise<number> {
  const { open } = await engine.database.one<{ open: number }>(sql`
    select count(*)::int as open from assignment where client_id = ${clientId} and is_open
  `);
  return open;
}
