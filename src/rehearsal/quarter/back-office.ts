/**
 * The people behind the case workers: they post by hand and attest, approve what others asked for,
 * help what failed, and find out what became of a file. Away when their day says so.
 */
import { ROLE_PERMISSIONS } from "../../access/roles.ts";
import { askNextFile } from "../../batch/next-file.ts";
import { regenerate } from "../../batch/regenerate.ts";
import { sql } from "../../database/sql.ts";
import { Failure } from "../../kernel/failure.ts";
import { completeByHand } from "../../manual/complete.ts";
import { recordFinding } from "../../service/record-finding.ts";
import { retryServiceCalls } from "../../service/retry.ts";
import type { Person } from "../../work/actions.ts";

import { setsOf } from "./case-workers.ts";
import type { PlayedClient } from "./institution.ts";
import type { Quarter } from "./quarter.ts";
import { calendarOf, dateAt, drawFor, isStruck, localTime } from "./quarter.ts";
import type { Receiver } from "./simulated-receiver.ts";

interface Work {
  readonly clientId: string;
  readonly assignmentId: string;
  readonly version: number;
  readonly adjustmentId: string;
  readonly type: string;
  readonly state: string;
  readonly isDebit: boolean;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** Milliseconds since the epoch. */
  readonly openedAt: number;
}

const CREDIT_RULES = ["ProvisionalCredit", "Paid", "ProvisionalCredit2ndOperation"];
const MOST_A_SESSION = 4000;

/** Open work of people at a client, oldest first. Served by `assignment_open_type`. */
function openWork(quarter: Quarter, clientId: string, types: readonly string[]): Promise<Work[]> {
  return quarter.engine.database.query<Work>(sql`
    select a.client_id as "clientId", a.id as "assignmentId", a.version, a.type,
           j.id as "adjustmentId", j.state, j.amount_minor as "amountMinor", j.currency,
           extract(epoch from a.opened_at)::float8 * 1000 as "openedAt",
           not (coalesce(j.principal_rule, '') = any (${CREDIT_RULES}::text[])) as "isDebit"
    from assignment a
    join adjustment j on j.client_id = a.client_id and j.id = a.adjustment_id
    where a.client_id = ${clientId} and a.is_open and a.type = any (${types}::text[])
    order by a.opened_at, a.id
    limit ${MOST_A_SESSION}
  `);
}

/** Posts by hand what waits for it: debits on their day, credits a day later now and then. */
export async function postByHand(quarter: Quarter, client: PlayedClient): Promise<void> {
  if (isStruck(quarter, "staffAway", client.id)) return;
  const { date } = localTime(quarter, client);
  const work = await openWork(quarter, client.id, ["Execute Accounting Assignment"]);
  await attest(
    quarter,
    work.filter((one) => one.isDebit || handOverDay(quarter, client, one) <= date),
    date,
  );
}

/** The day on which somebody gets to it. */
function handOverDay(quarter: Quarter, client: PlayedClient, one: Work): string {
  const opened = dateAt(one.openedAt, client);
  const late = drawFor(one.adjustmentId, 4) === 0 ? 1 : 0;
  return calendarOf(quarter, client.id).openDaysAfter(opened, late);
}

async function attest(quarter: Quarter, work: readonly Work[], date: string): Promise<void> {
  const { engine, outside } = quarter;
  for (const set of setsOf(work)) {
    const results = await completeByHand(
      engine,
      set.map((one) => ({
        clientId: one.clientId,
        assignmentId: one.assignmentId,
        version: one.version,
        actor: "accountant",
        reference: `H-${one.adjustmentId.slice(-12)}`,
        postingDate: date,
        attested: true,
      })),
    );
    for (const [index, result] of results.entries()) {
      const one = set[index] as Work;
      if (result.failure !== null) count(quarter, `attest: ${result.failure.code}`);
      else {
        outside.post({
          clientId: one.clientId,
          adjustmentId: one.adjustmentId,
          key: `hand ${one.adjustmentId} ${outside.of(one.adjustmentId).length}`,
          via: "hand",
          amountMinor: one.amountMinor,
          postedOn: date,
          at: engine.clock.now().epochMilliseconds,
        });
      }
    }
  }
}

const HOUR = 3_600_000;

/** A second person approves what waits, some hours after it was asked for. */
export async function approve(quarter: Quarter, client: PlayedClient): Promise<void> {
  if (isStruck(quarter, "approversAway", client.id)) return;
  const now = quarter.clock.now().epochMilliseconds;
  const work = await openWork(quarter, client.id, ["Approve Accounting"]);
  const ripe = work.filter(
    (one) => now - one.openedAt >= (1 + drawFor(one.assignmentId, 20)) * HOUR,
  );
  for (const { clientId, assignmentId, version } of ripe) {
    await counting(quarter, "approve", async () => {
      await quarter.actions.perform({
        clientIds: [clientId],
        assignmentId,
        version,
        action: "approval",
        person: APPROVER,
        input: { approved: true, reason: "seen" },
      });
    });
  }
}

/** What stops somebody with the right to approve is only whose work it was. */
const APPROVER: Person = { name: "approver", rights: ROLE_PERMISSIONS.approver };

/** What failed is retried, taken along in the next file, or posted by hand. */
export async function helpFailed(quarter: Quarter, client: PlayedClient): Promise<void> {
  const { date } = localTime(quarter, client);
  const byHand: Work[] = [];
  const failed = await openWork(quarter, client.id, [
    "Execute Accounting Service Failed",
    "Execute Batch Accounting Failed",
  ]);
  for (const one of failed) {
    const chance = drawFor(`${one.assignmentId} ${date}`, 10);
    await counting(quarter, `help ${one.state}`, async () => {
      if (one.state === "unknown") await findOut(quarter, one);
      else if (one.state === "serviceFailed" && chance < 6) await retry(quarter, one);
      else if (one.state === "batchFailed" && chance < 7) {
        await askNextFile(quarter.engine, [{ ...one, reason: "again", actor: "accountant" }]);
      } else if (one.state !== "inFile") byHand.push(one);
    });
  }
  await attest(quarter, byHand, date);
}

async function retry(quarter: Quarter, one: Work): Promise<void> {
  const { clientId, assignmentId, adjustmentId, version } = one;
  const item = { clientId, assignmentId, adjustmentId, version, actor: "accountant" };
  await retryServiceCalls(quarter.engine, [item]);
}

/** A person looks into the core's own book; that it did not post, two people have to say. */
async function findOut(quarter: Quarter, one: Work): Promise<void> {
  const { clientId, assignmentId, adjustmentId } = one;
  const item = {
    clientId,
    assignmentId,
    adjustmentId,
    version: null,
    reason: "looked it up",
    rights: ROLE_PERMISSIONS.operator,
  };
  const [posting] = quarter.outside.of(adjustmentId);
  if (posting !== undefined) {
    const { reference, postedOn: postingDate } = posting;
    const found = { ...item, actor: "accountant", posted: true, reference, postingDate };
    await recordFinding(quarter.engine, found);
    return;
  }
  for (const actor of ["accountant", "second-person"]) {
    await recordFinding(quarter.engine, { ...item, actor, posted: false });
  }
}

const NOTICED_AFTER_HOURS = 15;

/** A file that the receiver has not seen a day after it left is made again. */
export async function findLostFiles(
  quarter: Quarter,
  client: PlayedClient,
  receiver: Receiver,
): Promise<void> {
  if (receiver.lost.size === 0) return;
  const names = [...receiver.lost.keys()];
  const files = await quarter.engine.database.query<{ id: string; at: number }>(sql`
    select id, extract(epoch from handed_over_at)::float8 * 1000 as at from batch_file
    where client_id = ${client.id} and state = 'handedOver' and file_name = any (${names}::text[])
    order by sequence
    limit 100
  `);
  const now = quarter.clock.now().epochMilliseconds;
  for (const { id: fileId } of files.filter(({ at }) => now - at > NOTICED_AFTER_HOURS * HOUR)) {
    await counting(quarter, "regenerate", async () => {
      const { voided } = await regenerate(quarter.batchDesk, {
        clientId: client.id,
        fileId,
        statement: "notReceived",
        reason: "the receiver has not seen it",
        actor: "accountant",
        secondPerson: null,
      });
      await noteLost(quarter, client.id, voided.id);
    });
  }
}

async function noteLost(quarter: Quarter, clientId: string, fileId: string): Promise<void> {
  const lines = await quarter.engine.database.query<{ adjustmentId: string }>(sql`
    select adjustment_id as "adjustmentId" from batch_line
    where client_id = ${clientId} and file_id = ${fileId}
    limit 100000
  `);
  for (const { adjustmentId } of lines) {
    quarter.outside.note(adjustmentId, "its file was lost on the way and made again");
  }
}

/** What may be refused to a person is counted; anything else is our own mistake. */
async function counting(quarter: Quarter, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    count(quarter, `${what}: ${error.code}`);
  }
}

function count({ refusals }: Quarter, what: string): void {
  refusals.set(what, (refusals.get(what) ?? 0) + 1);
}
