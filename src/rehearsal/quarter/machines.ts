/**
 * The product's own workers, each given its turn once an hour, and the machines of the world that
 * they talk to. While Redress is down only the world goes on.
 */
import { releaseDue } from "../../accounting/release-due.ts";
import type { TimedBy } from "../../accounting/retime-debits.ts";
import { workInbox } from "../../accounting/work-inbox.ts";
import { Looks } from "../../batch/inbound/pick-up/looks.ts";
import { takeTurn } from "../../batch/worker.ts";
import { lookAtClocks } from "../../resolution/regulatory-clocks/look-at-clocks.ts";
import { createDispatcher } from "../../service/dispatcher.ts";
import { raiseUrgencies } from "../../work/raise-urgencies.ts";

import type { PlayedClient } from "./institution.ts";
import type { Quarter } from "./quarter.ts";
import { isStruck, localTime } from "./quarter.ts";
import { simulatedCore } from "./simulated-core.ts";
import type { Receiver, ReceiverPlaces } from "./simulated-receiver.ts";
import { simulatedReceiver } from "./simulated-receiver.ts";

export interface Machines {
  readonly receiver: Receiver;
  hour(): Promise<void>;
  /** What is still on its way arrives and is answered. */
  settle(): Promise<void>;
  said(): string;
  stop(): Promise<void>;
}

const WORKER = "rehearsal";
const SENDING = { worker: WORKER, leaseSeconds: 3600, spacingDivisor: 1 };
const MOST_ROUNDS = 1000;
const RISES_AT_ONCE = 1000;
const DISPUTES_AT_ONCE = 500;
const SETTLING_DAYS = 4;
/** Answers to the last evening's files have come, the next ones are not cut yet. */
const SETTLED_AT_HOUR = 8;

export function startMachines(quarter: Quarter, places: ReceiverPlaces): Machines {
  const { clients, clock } = quarter;
  const ofRoute = (route: PlayedClient["route"]): PlayedClient =>
    clients.find((one) => one.route === route) as PlayedClient;
  const openAdapter = simulatedCore(quarter, ofRoute("service"));
  const dispatcher = createDispatcher(quarter.serviceDesk, { worker: WORKER, openAdapter });
  const receiver = simulatedReceiver(quarter, ofRoute("batch"), places);
  const looks = new Looks();
  const timedBy: TimedBy = new Map();
  let calls = 0;

  const productTurn = async (): Promise<void> => {
    await keepClocks(quarter);
    await releaseAll(quarter, timedBy);
    await dispatcher.takeOver();
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const started = await dispatcher.round();
      await dispatcher.idle();
      calls += started;
      if (started === 0) break;
    }
    const options = { ...SENDING, looks };
    quarter.problems.push(...(await takeTurn(quarter.batchDesk, options)));
    while ((await raiseUrgencies(quarter.engine, RISES_AT_ONCE)) === RISES_AT_ONCE);
    await releaseAll(quarter, timedBy);
  };
  const hour = async (): Promise<void> => {
    if (!isStruck(quarter, "redressDown", "")) await productTurn();
    await receiver.receive();
  };
  return {
    receiver,
    hour,
    settle: async () => {
      const isMorning = (): boolean =>
        localTime(quarter, ofRoute("batch")).hour === SETTLED_AT_HOUR;
      for (let hours = 0; hours < SETTLING_DAYS * 24 || !isMorning(); hours += 1) {
        clock.advance({ hours: 1 });
        await hour();
      }
    },
    said: () => `${calls} calls`,
    stop: async () => {
      await dispatcher.idle();
      await dispatcher.close();
    },
  };
}

/** Clocks write credits that nobody issued into the inbox, which is worked at once. */
async function keepClocks({ engine, problems }: Quarter): Promise<void> {
  const report = telling(problems);
  const options = { limit: DISPUTES_AT_ONCE, report };
  while ((await lookAtClocks(engine, options)) >= DISPUTES_AT_ONCE);
  while ((await workInbox(engine, { report })) > 0);
}

function telling(problems: string[]): (problem: string, error: unknown) => void {
  return (problem, error) => {
    problems.push(`${problem}: ${error instanceof Error ? error.message : String(error)}`);
  };
}

/** All that is due, however many; what cannot be released is told. */
async function releaseAll({ engine, problems }: Quarter, timedBy: TimedBy): Promise<void> {
  const report = telling(problems);
  while ((await releaseDue(engine, { report, timedBy })) > 0);
}
