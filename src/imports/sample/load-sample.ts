/**
 * Loads the sample: the last four weeks of a small institution, lived through day by day with the
 * real verbs, files and calls, under a clock that starts in the past. What a newcomer sees is
 * what the product did, not rows that somebody wrote.
 */
import { Temporal } from "temporal-polyfill";

import type { AccountVault } from "../../access/vault.ts";
import type { OperationRequest } from "../../accounting/execute-accounting.ts";
import { executeAccounting } from "../../accounting/execute-accounting.ts";
import type { ClaimRequest } from "../../accounting/open-claims.ts";
import { openClaims } from "../../accounting/open-claims.ts";
import { releaseDue } from "../../accounting/release-due.ts";
import { workInbox } from "../../accounting/work-inbox.ts";
import type { BatchDesk } from "../../batch/desk.ts";
import { takeTurn } from "../../batch/worker.ts";
import { insertClient } from "../../cases/store.ts";
import { sql } from "../../database/sql.ts";
import type { ManualClock } from "../../kernel/clock.ts";
import { completeByHand } from "../../manual/complete.ts";
import { couldNotPost } from "../../manual/could-not-post.ts";
import type { SeededRandom } from "../../rehearsal/seeded-random.ts";
import { seededRandom } from "../../rehearsal/seeded-random.ts";
import type { ServiceDesk } from "../../service/desk.ts";
import { lookAtClocks } from "../../resolution/regulatory-clocks/look-at-clocks.ts";
import { createDispatcher } from "../../service/dispatcher.ts";

import { answerLatest } from "./answered-file.ts";
import { approveSome } from "./approve-some.ts";
import type { SampleClient } from "./institution.ts";
import { leaveStanding } from "./left-standing.ts";
import { leaveOpenEnds } from "./open-ends.ts";
import type { StoryStep } from "./stories.ts";
import { pickStory, TODAY } from "./stories.ts";

export interface SampleStage {
  /** Shared by both desks; starts where the sample's first day does. */
  readonly clock: ManualClock;
  readonly vault: AccountVault;
  readonly batch: BatchDesk;
  readonly service: ServiceDesk;
  readonly clients: readonly SampleClient[];
  readonly now: Temporal.Instant;
  /** Tells the stand-in core that an account is closed: postings on it are refused. */
  readonly closeAccount: (number: string) => Promise<void>;
  readonly remark: (line: string) => void;
}

export const SAMPLE_DAYS = 28;
const CLAIMS_PER_DAY = 12;
const LEFT_TO_APPROVE_DAYS = 6;
const SEED = 20_261_123;

interface Due extends StoryStep {
  readonly clientId: string;
  readonly dispute: string;
  readonly ordinal: number;
}

/** Lives through the days; answers how many claims there are. */
export async function loadSample(stage: SampleStage): Promise<number> {
  const { engine } = stage.batch;
  await engine.database.transaction(async (tx) => {
    for (const client of stage.clients) {
      await insertClient(tx, { ...client, createdAt: engine.clock.now().toString() });
    }
  });
  const random = seededRandom(SEED);
  const dispatcher = createDispatcher(stage.service, { worker: "sample" });
  const approving = seededRandom(SEED + 1);
  const clientIds = stage.clients.map((one) => one.id);
  const due = new Map<number, Due[]>();
  let claims = 0;
  try {
    for (let day = 0; day < SAMPLE_DAYS; day += 1) {
      const isLast = day === SAMPLE_DAYS - 1;
      await at(stage, day, 15, 30);
      claims += await openDay(stage, random, day, due, claims);
      // The last days wait: a newcomer finds something to decide.
      if (day < SAMPLE_DAYS - LEFT_TO_APPROVE_DAYS) {
        await approveSome(engine, clientIds, approving);
      }
      await releaseDue(engine);
      await operate(stage, due.get(day) ?? []);
      await lookAtClocks(engine, { limit: 5000 });
      await workInbox(engine, { limit: 5000 });
      await at(stage, day, 17, 0);
      await settleServices(dispatcher, isLast);
      if (!isLast) await completeSome(stage, random);
      await at(stage, day, 24, 45);
      await takeTurn(stage.batch, { worker: "sample", leaseSeconds: 60, spacingDivisor: 1 });
      await releaseDue(engine);
      stage.remark(`loading the sample: day ${day + 1} of ${SAMPLE_DAYS}`);
    }
    await leaveOpenEnds(stage, { client: MANUAL_CLIENT, people: PEOPLE });
    await leaveStanding(engine, { clients: clientIds, people: PEOPLE });
    await answerLatest(stage.batch, BATCH_CLIENT);
  } finally {
    await dispatcher.close();
  }
  return claims;
}

/** Moves the clock forward to an hour (UTC) of a day of the sample; never past now. */
async function at(stage: SampleStage, day: number, hour: number, minute: number): Promise<void> {
  const days = SAMPLE_DAYS - 1 - day;
  const midnight = stage.now.toZonedDateTimeISO("UTC").startOfDay().subtract({ days });
  const instant = midnight.add({ hours: hour, minutes: minute }).toInstant();
  const latest = stage.now.subtract({ minutes: 2 });
  const to = Temporal.Instant.compare(instant, latest) > 0 ? latest : instant;
  if (Temporal.Instant.compare(to, stage.clock.now()) > 0) stage.clock.set(to);
}

async function openDay(
  stage: SampleStage,
  random: SeededRandom,
  day: number,
  due: Map<number, Due[]>,
  before: number,
): Promise<number> {
  const { engine } = stage.batch;
  const plans = Array.from({ length: CLAIMS_PER_DAY }, (_, index) => {
    const client = stage.clients[index % stage.clients.length] as SampleClient;
    const story = pickStory(random);
    const cents = 1_000 + random.below(60_000);
    const amount = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
    return { client, story, amount, ordinal: before + index + 1 };
  });
  const date = engine.clock.now().toString().slice(0, 10);
  const requests = plans.map(({ client, story, amount, ordinal }): ClaimRequest => {
    const { claimType = "Card", ...facts } = story.facts as { claimType?: string };
    const isCard = claimType === "Card";
    return {
      clientId: client.id,
      key: `sample-claim-${ordinal}`,
      claimType,
      noticeReceivedOn: date,
      facts: {},
      disputes: [
        {
          amount,
          currency: "USD",
          account: isCard ? cardNumber(ordinal) : String(10_000_000 + ordinal),
          accountKind: isCard ? "card" : "account",
          facts,
        },
      ],
    };
  });
  const results = await engine.database.transaction((tx) =>
    openClaims(tx, engine, stage.vault, requests),
  );
  for (const [index, { client, story, amount, ordinal }] of plans.entries()) {
    const result = results[index];
    if (result?.failure) throw result.failure;
    const dispute = result?.disputes[0] as string;
    if (client.id === SERVICE_CLIENT && ordinal % 19 === 0) {
      await stage.closeAccount(cardNumber(ordinal));
    }
    const reference = (what: string): string => `${what}-${String(ordinal).padStart(6, "0")}`;
    for (const one of story.steps(amount, reference)) {
      const list = due.get(day + one.day) ?? [];
      list.push({ ...one, clientId: client.id, dispute, ordinal });
      due.set(day + one.day, list);
    }
  }
  return plans.length;
}

/** A test number: the issuer range is not in use, the last digit is right (ISO/IEC 7812-1). */
function cardNumber(ordinal: number): string {
  const digits = `49990000${String(ordinal * 7919)
    .padStart(7, "0")
    .slice(-7)}`;
  const sum = Array.from(digits, Number)
    .toReversed()
    .reduce((total, digit, index) => {
      const doubled = index % 2 === 0 ? digit * 2 : digit;
      return total + (doubled > 9 ? doubled - 9 : doubled);
    }, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

/** What a dispute's state does not allow any more simply does not happen. */
async function operate(stage: SampleStage, due: readonly Due[]): Promise<void> {
  const today = stage.clock.now().toString().slice(0, 10);
  const requests = due.map((one): OperationRequest => ({
    clientId: one.clientId,
    key: `sample-${one.ordinal}-${one.day}-${one.operation}`,
    source: "import",
    actor: "case-system",
    dispute: one.dispute,
    operation: one.operation,
    input: one.input["value"] === TODAY ? { ...one.input, value: today } : one.input,
  }));
  await executeAccounting(stage.batch.engine, requests);
}

/** Calls go out and are answered; on the last day only some, so that there is work left. */
async function settleServices(
  dispatcher: ReturnType<typeof createDispatcher>,
  isLast: boolean,
): Promise<void> {
  if (isLast) return;
  for (let round = 0; round < 20; round += 1) {
    const started = await dispatcher.round();
    await dispatcher.idle();
    if (started === 0) return;
  }
}

/** The manual client's people work: most of what waits, not all. */
async function completeSome({ batch: { engine } }: SampleStage, random: SeededRandom) {
  const waiting = await engine.database.query<Waiting>(sql`
    select s.client_id as "clientId", s.id as "assignmentId", s.version
    from assignment s
    where s.is_open and s.client_id = ${MANUAL_CLIENT}
      and s.type = 'Execute Accounting Assignment'
    order by s.id
    limit 500
  `);
  if (waiting.length === 0) return;
  const clients = await engine.clients(engine.database, [MANUAL_CLIENT]);
  const today = clients.get(MANUAL_CLIENT)?.calendar.dateOf(engine.clock.now()) ?? "";
  const completions = waiting
    .filter(() => !random.once(5))
    .map((one, index) => ({
      ...one,
      actor: random.pick(PEOPLE),
      reference: `S-${today.replaceAll("-", "")}-${String(index + 1).padStart(3, "0")}`,
      postingDate: today,
      attested: true,
    }));
  const impossible = random.once(6) ? completions.splice(0, 1) : [];
  await completeByHand(engine, completions);
  const reason = "the account does not take postings of this kind";
  await couldNotPost(
    engine,
    impossible.map((one) => ({ ...one, reason })),
  );
}

interface Waiting {
  readonly clientId: string;
  readonly assignmentId: string;
  readonly version: number;
}

const SERVICE_CLIENT = "harbor";
const BATCH_CLIENT = "prairie";
const MANUAL_CLIENT = "summit";
const PEOPLE = ["ann.reyes", "bo.lindqvist", "carla.okafor"] as const;
