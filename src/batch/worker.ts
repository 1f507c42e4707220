/**
 * The batch clock: makes windows, cuts those that are due, sends the files that are due, and takes
 * in what destinations answer. It polls
 * rows; several processes may run it, and each row is handled once.
 */
import { setTimeout as delay } from "node:timers/promises";

import type { BatchDesk } from "./desk.ts";
import { collectAll } from "./inbound/pick-up/collect.ts";
import { Looks } from "./inbound/pick-up/looks.ts";
import { raiseOverdue } from "./inbound/raise-overdue.ts";
import { inboundNext } from "./inbound/work-inbound.ts";
import type { TransmitOptions } from "./transmit.ts";
import { transmitNext } from "./transmit.ts";
import { cutDueWindows, makeWindows } from "./windows.ts";

export interface BatchWorkerOptions extends TransmitOptions {
  readonly pollMilliseconds: number;
  /** Told what went wrong; the worker goes on. */
  report(problem: string): void;
}

export interface BatchWorker {
  /** Resolves when what was begun is done. */
  stop(): Promise<void>;
}

interface TurnOptions extends TransmitOptions {
  /** What earlier looks at the places saw. */
  readonly looks?: Looks;
}

const MOST_FILES_A_TURN = 1000;
const MOST_STEPS_A_TURN = 100;

export function startBatchWorker(desk: BatchDesk, options: BatchWorkerOptions): BatchWorker {
  const stopping = new AbortController();
  const running = run(desk, options, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function run(
  desk: BatchDesk,
  options: BatchWorkerOptions,
  stopping: AbortSignal,
): Promise<void> {
  let told = new Set<string>();
  const looks = new Looks();
  while (!stopping.aborted) {
    const problems = await takeTurn(desk, { ...options, looks }, stopping).catch(
      (error: unknown) => [`batch: ${error instanceof Error ? error.message : String(error)}`],
    );
    // What stays wrong is told once, not every turn.
    for (const problem of problems) if (!told.has(problem)) options.report(problem);
    told = new Set(problems);
    await delay(options.pollMilliseconds, undefined, { signal: stopping }).catch(() => undefined);
  }
}

/** One turn: what is due now, and no waiting. Answers what went wrong, in words. */
export async function takeTurn(
  desk: BatchDesk,
  options: TurnOptions,
  stopping?: AbortSignal,
): Promise<string[]> {
  const made = await makeWindows(desk);
  const cut = await cutDueWindows(desk, "system:batch");
  for (let files = 0; files < MOST_FILES_A_TURN && stopping?.aborted !== true; files += 1) {
    if ((await transmitNext(desk, options)) === null) break;
  }
  const collected = await collectAll(desk, options.looks);
  const putOff: string[] = [];
  for (let steps = 0; steps < MOST_STEPS_A_TURN && stopping?.aborted !== true; steps += 1) {
    const step = await inboundNext(desk);
    if (step === null) break;
    if (step.problem !== undefined) putOff.push(`${step.problem} (${step.clientId})`);
  }
  await raiseOverdue(desk);
  const ofProfiles = [...made, ...cut.problems, ...collected.problems].map(
    ({ clientId, profile, reason }) => `batch profile ${profile} of ${clientId}: ${reason}`,
  );
  return [...ofProfiles, ...putOff];
}
