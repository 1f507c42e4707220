/**
 * Windows as rows: made ahead of time, cut when their time has come, made up when they were missed.
 * What is due is a row, so that a process that was down loses no window and cuts none twice.
 */
import type { ClientRuntime } from "../accounting/engine.ts";
import { allUsableClients } from "../accounting/client-runtime.ts";
import { Failure } from "../kernel/failure.ts";
import { Temporal } from "temporal-polyfill";

import { gapsUpToNow, isInGap } from "./cut-off-gaps.ts";
import { isCutOn, occurrencesBetween } from "./cut-offs.ts";
import type { BatchDesk } from "./desk.ts";
import type { Generated } from "./generate.ts";
import { cutWindow, isLate } from "./generate.ts";
import type { BatchProfile } from "./profile.ts";
import { batchProfile, batchProfiles } from "./profile.ts";
import { cutOffGaps } from "./store-cut-off-gaps.ts";
import { lockWindow, planWindows, settleWindow } from "./store-windows.ts";
import { dueWindows, lastPlanned } from "./window-views.ts";

const DAYS_AHEAD = 7;
const DUE_AT_ONCE = 100;

/** A window, or a client's windows, that could not be handled; the others go on. */
export interface WindowProblem {
  readonly clientId: string;
  readonly profile: string;
  readonly reason: string;
}

/**
 * Makes the rows of every profile for the next days, and those missed since the last row; none of
 * a time in which the profile did not have the cut-off.
 */
export async function makeWindows(desk: BatchDesk): Promise<WindowProblem[]> {
  const problems: WindowProblem[] = [];
  const { usable, unusable } = await allUsableClients(desk.engine);
  for (const { id, failure } of unusable) {
    problems.push({ clientId: id, profile: "any", reason: failure.message });
  }
  for (const runtime of usable) {
    const { id } = runtime;
    for (const name of Object.keys(runtime.settings.batchProfiles ?? {})) {
      await telling(problems, { clientId: id, profile: name }, async () => {
        await makeWindowsOf(desk, runtime, batchProfile(runtime.settings, name));
      });
    }
  }
  return problems;
}

async function makeWindowsOf(
  desk: BatchDesk,
  runtime: ClientRuntime,
  profile: BatchProfile,
): Promise<void> {
  const { clock, ids, database } = desk.engine;
  const now = clock.now();
  const until = now.add({ hours: 24 * DAYS_AHEAD });
  const last = new Map(
    (await lastPlanned(database, runtime.id, profile.name)).map((one) => [one.cutOff, one.cutAt]),
  );
  const gaps = await gapsUpToNow(desk, runtime.id, profile, last.keys());
  const rows = profile.cutOffs.flatMap((cutOff) => {
    const known = last.get(cutOff.name);
    // Never before the first row of a cut-off: a new profile has missed nothing.
    const after = known === undefined ? now : earlier(now, Temporal.Instant.from(known));
    const cutting = { ...profile, cutOffs: [cutOff] };
    return occurrencesBetween(cutting, runtime.calendar, after, until).filter(
      ({ cutAt }) => !isInGap(gaps, cutOff.name, cutAt),
    );
  });
  await database.transaction((tx) =>
    planWindows(
      tx,
      runtime.id,
      profile.name,
      rows.map((row) => ({ ...row, id: ids.next() })),
      now.toString(),
    ),
  );
}

function earlier(one: Temporal.Instant, other: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(one, other) <= 0 ? one : other;
}

export interface CutWindows {
  readonly generated: readonly Generated[];
  readonly problems: readonly WindowProblem[];
}

/** Cuts what is due, oldest first. A missed window is made up or skipped as its profile says. */
export async function cutDueWindows(desk: BatchDesk, actor: string): Promise<CutWindows> {
  const now = desk.engine.clock.now();
  const generated: Generated[] = [];
  const problems: WindowProblem[] = [];
  const stuck = new Set<string>();
  for (const window of await dueWindows(desk.engine.database, now.toString(), DUE_AT_ONCE)) {
    // In order: a profile whose earlier window failed does not go on to the next.
    if (stuck.has(`${window.clientId} ${window.profile}`)) continue;
    await telling(problems, window, async () => {
      if (await stillToCut(desk, window)) generated.push(await cutWindow(desk, window, actor));
    });
    const last = problems.at(-1);
    if (last?.clientId === window.clientId && last.profile === window.profile) {
      stuck.add(`${window.clientId} ${window.profile}`);
    }
  }
  return { generated, problems };
}

type DueWindow = Awaited<ReturnType<typeof dueWindows>>[number];

/** Shows a missed window as late, or skips it; false when nothing is left to do. */
async function stillToCut(desk: BatchDesk, window: DueWindow): Promise<boolean> {
  const now = desk.engine.clock.now();
  return desk.engine.database.transaction(async (tx) => {
    const runtime = (await desk.engine.clients(tx, [window.clientId])).get(window.clientId);
    const row = await lockWindow(tx, window.clientId, window.id);
    if (runtime === undefined || row === undefined) return false;
    if (row.state !== "planned" && row.state !== "late") return false;
    const settle = (state: "late" | "skipped", reason: string): Promise<void> =>
      settleWindow(tx, window, { state, reason }, now.toString());
    const profile = batchProfiles(runtime.settings).get(window.profile);
    const cutOff = profile?.cutOffs.find((one) => one.name === row.cutOff);
    if (profile === undefined || cutOff === undefined) {
      await settle("skipped", "the profile has no such cut-off any more");
      return false;
    }
    if (isInGap(await cutOffGaps(tx, window.clientId, window.profile), row.cutOff, row.cutAt)) {
      await settle("skipped", "the profile had no such cut-off then");
      return false;
    }
    if (!isCutOn(cutOff, runtime.calendar, row.businessDate)) {
      await settle("skipped", "the calendar has no business day there any more");
      return false;
    }
    if (!isLate(row.cutAt, profile, now)) return true;
    if (profile.late.rule === "skip") {
      await settle("skipped", "missed, and the profile skips missed windows");
      return false;
    }
    if (row.state === "planned") await settle("late", "missed, to be made up");
    return true;
  });
}

/** Keeps one profile's wrong settings from stopping the others. */
async function telling(
  problems: WindowProblem[],
  of: { clientId: string; profile: string },
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Failure) || error.code === "database-unreachable") throw error;
    const faults = error.faults.map((fault) => `${fault.pointer} ${fault.detail}`);
    const reason = [error.message, ...faults].join("; ");
    problems.push({ clientId: of.clientId, profile: of.profile, reason });
  }
}
