/**
 * One run: a core that fails, a client that posts to it, adjustments, workers as processes of
 * their own, and at the end the two books beside each other.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CORES } from "../../examples/cores/all.ts";
import type { ConnectingService, KnownCore } from "../../examples/cores/all.ts";
import type { RunningCore } from "../../examples/cores/server.ts";
import { startCore } from "../../examples/cores/server.ts";
import type { ScratchServer } from "../../bench/scratch-server.ts";
import { readConfiguration } from "../../src/config.ts";
import { insertClient } from "../../src/cases/store.ts";
import type { OpenEngine } from "../../src/open-engine.ts";
import { openEngine } from "../../src/open-engine.ts";

import type { FaultRun } from "./fault-run.ts";
import { CLIENT } from "./fault-run.ts";
import { creditAll, takeBackSome } from "./load.ts";
import type { Verdict } from "./two-books.ts";
import { compareBooks, countStates } from "./two-books.ts";
import { startWorkerProcesses } from "./worker-processes.ts";

const CALL_SECONDS = 0.2;
const LEASE_SECONDS = 2;
const RETRY_DIVISOR = 1000;
/** Longer than a call may wait to leave, and the core may take to post. */
const ABSENCE_IS_PROOF_AFTER_SECONDS = 3;
const POLL_MILLISECONDS = 200;
const CERTIFICATES = join(import.meta.dirname, "..", "..", "test", "support", "certificates");

export async function runFault(server: ScratchServer, run: FaultRun): Promise<Verdict> {
  const started = performance.now();
  const known = CORES[run.core] as KnownCore;
  const data = await mkdtemp(join(tmpdir(), "redress-faults-"));
  const scratch = await server.database();
  const shape = known.shape();
  const core = await startCore({
    shape,
    plan: { fault: run.fault, oneIn: run.oneIn, seed: run.seed },
    ...(run.fault === "certificateChange" ? { tls: await certificates() } : {}),
  });
  const environment = {
    DATABASE_URL: scratch.url,
    REDRESS_DATA: data,
    REDRESS_LOG: "error",
    REDRESS_LEASE_SECONDS: String(LEASE_SECONDS),
    REDRESS_RETRY_DIVISOR: String(RETRY_DIVISOR),
    REDRESS_CALL_TIMEOUT_SECONDS: String(CALL_SECONDS),
    ...shape.secrets,
  };
  const opened = await openEngine(readConfiguration(environment), environment, () => undefined);
  try {
    await addClient(opened, known, run, core.address);
    const credits = Math.ceil((run.count * 5) / 6);
    await creditAll(opened, CLIENT, credits);
    const workers = startWorkerProcesses(environment, run.workers, run.remark);
    try {
      const kill = { left: run.kills, every: everySoManyCalls(run) };
      await untilDecided(opened, core, run, () => workers.killOne(), kill);
      await takeBackSome(opened, CLIENT, run.count - credits);
      await untilDecided(opened, core, run, () => workers.killOne(), kill);
    } finally {
      await workers.stop();
    }
    const seconds = (performance.now() - started) / 1000;
    return await compareBooks(opened, core, { ...run, kills: workers.kills(), seconds });
  } finally {
    await opened.close();
    await core.stop();
    await scratch.drop();
    await rm(data, { recursive: true, force: true });
  }
}

async function addClient(
  { engine }: OpenEngine,
  known: KnownCore,
  run: FaultRun,
  address: string,
): Promise<void> {
  const { lookUp, ...rest }: ConnectingService = known.service(address);
  const service = {
    ...rest,
    ...(lookUp === undefined || !run.lookUp
      ? {}
      : {
          lookUp: { ...lookUp, absenceIsProofAfterSeconds: ABSENCE_IS_PROOF_AFTER_SECONDS },
        }),
    ...(run.fault === "certificateChange" ? { tls: { ca: `file:${CERTIFICATES}/ca.pem` } } : {}),
    concurrency: 64,
  };
  const settings = {
    services: { core: service },
    ...(known.perEntry ? { perEntry: ["core"] } : {}),
  };
  const createdAt = engine.clock.now().toString();
  await engine.database.transaction((tx) =>
    insertClient(tx, { id: CLIENT, name: "Under faults", settings, createdAt }),
  );
}

async function certificates() {
  const pem = (name: string) => readFile(join(CERTIFICATES, `${name}.pem`), "utf8");
  const changed = { cert: await pem("untrusted"), key: await pem("untrusted-key") };
  return { cert: await pem("server"), key: await pem("server-key"), changed };
}

/** Spread over the calls that are to come, so that each kill finds some under way. */
function everySoManyCalls({ count, kills }: FaultRun): number {
  return Math.max(5, Math.floor((count * 0.7) / (kills + 1)));
}

/** Until nothing is left that the machine could do; kills on the way. */
async function untilDecided(
  opened: OpenEngine,
  core: RunningCore,
  run: FaultRun,
  killOne: () => Promise<void>,
  kill: { left: number; readonly every: number },
): Promise<void> {
  const limit = performance.now() + 120_000 + run.count * 30 + run.kills * 3_000;
  let toldAt = performance.now();
  let callsAtKill = callsOf(core);
  let decidedAtKill = 0;
  for (;;) {
    const { open, decided } = await countStates(opened.engine.database, CLIENT);
    if (open === 0) return;
    const now = performance.now();
    if (now > limit) throw new Error(`${run.core} ${run.fault}: ${open} are still not decided`);
    if (now - toldAt > 5_000) {
      const still = kill.left > 0 ? `, ${kill.left} kills to come` : "";
      run.remark(`${run.core} ${run.fault}: ${decided} decided, ${open} to go${still}`);
      toldAt = now;
    }
    const calls = callsOf(core);
    // Every other worker lives until it has put an outcome on record: else none ever would.
    const mayKill = kill.left % 2 === 0 || decided > decidedAtKill;
    if (kill.left > 0 && calls - callsAtKill >= kill.every && mayKill) {
      kill.left -= 1;
      callsAtKill = calls;
      decidedAtKill = decided;
      await killOne();
    } else {
      const wait = kill.left > 0 ? POLL_MILLISECONDS / 10 : POLL_MILLISECONDS;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

function callsOf(core: RunningCore): number {
  return (core.calls.get("post") ?? 0) + (core.calls.get("lookUp") ?? 0);
}
