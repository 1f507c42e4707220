/**
 * What is done without anybody asking: calls, windows, files, holds that are over, urgencies.
 * Every worker looks at rows, so any number of processes may run them; each row is handled once.
 */
import { randomInt } from "node:crypto";
import { hostname } from "node:os";

import type { Logger } from "pino";

import { approvalDesk } from "./approval-desk.ts";
import { deleteExpiredSessions } from "./access/store.ts";
import { askHolds } from "./accounting/ask-holds.ts";
import { slaSource } from "./accounting/client-runtime.ts";
import { reissueLetters } from "./accounting/letters/issue-letters.ts";
import type { TimedBy } from "./accounting/retime-debits.ts";
import { releaseDue } from "./accounting/release-due.ts";
import { workInbox } from "./accounting/work-inbox.ts";
import { startBatchWorker } from "./batch/worker.ts";
import type { Configuration, Environment } from "./config.ts";
import { deleteOldAnswers } from "./http/store.ts";
import type { Repeating } from "./kernel/repeatedly.ts";
import { repeatedly } from "./kernel/repeatedly.ts";
import { allJobKinds } from "./job-kinds.ts";
import type { OpenEngine } from "./open-engine.ts";
import { lookAtClocks } from "./resolution/regulatory-clocks/look-at-clocks.ts";
import { lookUpsOf } from "./service/ask-look-up.ts";
import { secretsFrom } from "./connections/secrets.ts";
import { startServiceWorker } from "./service/worker.ts";
import type { JobKinds } from "./work/job-kinds.ts";
import { withdrawMovedOn } from "./work/approvals/withdraw-moved-on.ts";
import { startUrgencyWorker } from "./work/raise-urgencies.ts";
import { startJobWorker } from "./work/run-jobs.ts";
import { forgetLapsedLocks } from "./work/lock-claim.ts";
import { resumeDue } from "./work/pend.ts";

const ANSWERS_KEPT_HOURS = 7 * 24;
const FILE_LEASE_SECONDS = 300;
const CLOCKS_AT_ONCE = 500;

export interface Workers {
  /** Makes the service worker look at once. */
  wakeService(): void;
  /** What jobs there are, and how to make their worker look at once. */
  readonly jobs: { readonly kinds: JobKinds; wake(): void };
  /** Takes nothing new and resolves when what was begun is done. */
  stop(): Promise<void>;
}

export function startWorkers(
  opened: OpenEngine,
  configuration: Configuration,
  environment: Environment,
  log: Logger,
): Workers {
  const { engine, vault, failpoints } = opened;
  const { leaseSeconds, retryDivisor, callTimeoutSeconds } = configuration;
  const service = startServiceWorker({
    engine,
    vault,
    failpoints,
    secrets: secretsFrom(environment),
    random: () => randomInt(1_000_000) / 1_000_000,
    leaseSeconds,
    retryDivisor,
    callTimeoutSeconds,
    report: (problem, error) => log.error({ worker: "service", err: error }, problem),
  });
  const batch = startBatchWorker(opened, {
    worker: `${hostname()}:${process.pid}`,
    leaseSeconds: FILE_LEASE_SECONDS,
    spacingDivisor: retryDivisor,
    pollMilliseconds: 2000,
    report: (problem) => log.error({ worker: "batch" }, problem),
  });
  const urgency = startUrgencyWorker(
    { ...engine, slas: slaSource(engine) },
    {
      failed: (error) => log.error({ worker: "urgency", err: error }),
    },
  );
  const kinds = allJobKinds(engine, approvalDesk(engine, opened), () => service.wake());
  const jobs = startJobWorker(
    {
      ...engine,
      failpoints,
      report: (problem, error) => log.error({ worker: "jobs", err: error }, problem),
    },
    kinds,
    { worker: `jobs-${hostname()}:${process.pid}-${engine.ids.next().slice(-8)}`, leaseSeconds },
  );
  const all = [service, batch, urgency, jobs, holdWorker(opened, configuration, log)];
  all.push(...housekeeping(opened, log));
  return {
    wakeService: () => service.wake(),
    jobs: { kinds, wake: () => jobs.wake() },
    stop: async () => {
      await Promise.all(all.map((worker) => worker.stop()));
    },
  };
}

/** Asks what holds wait for: the active card number, the fraud card's status. */
function holdWorker(
  { engine, vault, secrets }: OpenEngine,
  { callTimeoutSeconds }: Configuration,
  log: Logger,
): Repeating {
  const lookUps = lookUpsOf({ engine, vault, secrets, callTimeoutSeconds });
  const failed = (error: unknown): void => log.error({ worker: "holds", err: error });
  const report = (problem: string, error: unknown): void =>
    log.error({ worker: "holds", err: error }, problem);
  return repeatedly(() => askHolds({ engine, vault, lookUps }, { report }), { seconds: 2, failed });
}

function housekeeping({ engine }: OpenEngine, log: Logger): Repeating[] {
  const { database, clock } = engine;
  const timedBy: TimedBy = new Map();
  const every = (name: string, seconds: number, work: () => Promise<unknown>): Repeating =>
    repeatedly(work, {
      seconds,
      failed: (error) => log.error({ worker: name, err: error }),
    });
  const report = (worker: string) => (problem: string, error: unknown) =>
    log.error({ worker, err: error }, problem);
  return [
    // Credits that meet a deadline go before what else is due.
    every("inbox", 2, () => workInbox(engine, { report: report("inbox") })),
    every("regulatory-clocks", 5, async () => {
      const options = { limit: CLOCKS_AT_ONCE, report: report("regulatory-clocks") };
      while ((await lookAtClocks(engine, options)) >= CLOCKS_AT_ONCE);
    }),
    every("release-due", 2, () =>
      releaseDue(engine, {
        timedBy,
        report: (problem, error) => log.error({ worker: "release-due", err: error }, problem),
      }),
    ),
    every("withdraw-moved-on", 30, () => withdrawMovedOn(engine)),
    every("reissue-letters", 10, () => reissueLetters(engine, { report: report("letters") })),
    every("resume-pended", 5, () => resumeDue(engine)),
    every("forget-locks", 30, () => forgetLapsedLocks(engine)),
    every("forget-sessions", 600, () => deleteExpiredSessions(database, clock.now().toString())),
    every("forget-answers", 600, () => {
      const before = clock.now().subtract({ hours: ANSWERS_KEPT_HOURS });
      return deleteOldAnswers(database, before.toString());
    }),
  ];
}
