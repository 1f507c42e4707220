/**
 * Generate Accounting File(s): writes what is pending for a profile into a file, at its window or
 * when a person asks. One transaction: what it says is in a file is in it, with bytes and totals,
 * or nothing happened. A window is cut once, whoever tries.
 */
import { Temporal } from "temporal-polyfill";

import type { ClientRuntime } from "../accounting/engine.ts";
import type { Transaction } from "../database/database.ts";
import { Failure } from "../kernel/failure.ts";

import { nextOccurrence, postingDateOf } from "./cut-offs.ts";
import type { BatchDesk } from "./desk.ts";
import type { FilesOrder, WrittenFile } from "./writing/files-order.ts";
import type { BatchProfile } from "./profile.ts";
import { batchProfile } from "./profile.ts";
import { addAskedWindow, lockWindow, settleWindow } from "./store-windows.ts";
import { lockSequence } from "./store.ts";
import { writeFiles } from "./writing/write-files.ts";

export interface Generated {
  readonly clientId: string;
  readonly profile: string;
  readonly windowId: string;
  /** `skipped`: nothing was to be sent. `already`: somebody else had cut this window. */
  readonly state: "cut" | "skipped" | "already";
  readonly businessDate: string;
  readonly postingDate: string;
  readonly files: readonly WrittenFile[];
  /** Adjustments that did not fit the layout and are now batchFailed. */
  readonly refused: number;
}

/** Cuts a scheduled window whose time has come; late, it takes what was pending at its time. */
export async function cutWindow(
  desk: BatchDesk,
  window: { clientId: string; id: string; profile: string },
  actor: string,
): Promise<Generated> {
  const done = await desk.engine.database.transaction(async (tx) => {
    const { runtime, profile } = await profileOf(tx, desk, window.clientId, window.profile);
    const lastSequence = await lockSequence(tx, window.clientId, window.profile);
    const row = await lockWindow(tx, window.clientId, window.id);
    if (row === undefined) throw new Failure("not-found", `no window ${window.id}`);
    const told = { ...window, windowId: row.id, businessDate: row.businessDate };
    if (row.state !== "planned" && row.state !== "late") {
      return { ...told, state: "already", postingDate: row.postingDate, files: [], refused: 0 };
    }
    const postingDate = possiblePostingDate(row.postingDate, profile, runtime, desk);
    return writeWindow(tx, desk, {
      runtime,
      profile,
      window: { ...row, postingDate },
      pendingBy: row.cutAt,
      lastSequence,
      actor,
    });
  });
  desk.failpoints.at("batch.generate.committed");
  return done as Generated;
}

/** Writes everything pending for the profile now, dated by the cut-off rule. */
export async function generateNow(
  desk: BatchDesk,
  request: { clientId: string; profile: string; actor: string },
): Promise<Generated> {
  const { clientId, actor } = request;
  const done = await desk.engine.database.transaction(async (tx) => {
    const { runtime, profile } = await profileOf(tx, desk, clientId, request.profile);
    const lastSequence = await lockSequence(tx, clientId, profile.name);
    const window = await askedWindow(tx, desk, runtime, profile, actor);
    const pendingBy = desk.engine.clock.now().toString();
    return writeWindow(tx, desk, { runtime, profile, window, pendingBy, lastSequence, actor });
  });
  desk.failpoints.at("batch.generate.committed");
  return done;
}

/** Adds the row of a generation asked for; its dates are those of the next scheduled window. */
export async function askedWindow(
  tx: Transaction,
  desk: BatchDesk,
  runtime: ClientRuntime,
  profile: BatchProfile,
  actor: string,
): Promise<{ id: string; businessDate: string; cutOff: string; postingDate: string }> {
  const dates = datesNow(desk, runtime, profile);
  const window = { id: desk.engine.ids.next(), ...dates };
  await addAskedWindow(
    tx,
    { clientId: runtime.id, profile: profile.name, askedBy: actor, ...window },
    desk.engine.clock.now().toString(),
  );
  return { ...window, cutOff: "asked" };
}

/** The dates that a file written now would carry. */
export function datesNow(
  desk: BatchDesk,
  runtime: ClientRuntime,
  profile: BatchProfile,
): { businessDate: string; postingDate: string } {
  const now = desk.engine.clock.now();
  const next = nextOccurrence(profile, runtime.calendar, now);
  const businessDate =
    next?.businessDate ?? runtime.calendar.businessDayOnOrAfter(runtime.calendar.dateOf(now));
  return { businessDate, postingDate: postingDateOf(profile, runtime.calendar, businessDate) };
}

/** Throws `not-found` for a client or profile that does not exist. */
export async function profileOf(
  tx: Transaction,
  desk: BatchDesk,
  clientId: string,
  name: string,
): Promise<{ runtime: ClientRuntime; profile: BatchProfile }> {
  const runtime = (await desk.engine.clients(tx, [clientId])).get(clientId);
  if (runtime === undefined) throw new Failure("not-found", `no client ${clientId}`);
  return { runtime, profile: batchProfile(runtime.settings, name) };
}

type WindowOrder = Omit<FilesOrder, "supersedes">;

async function writeWindow(
  tx: Transaction,
  desk: BatchDesk,
  order: WindowOrder,
): Promise<Generated> {
  const { runtime, profile, window } = order;
  const { files, refused } = await writeFiles(tx, desk, { ...order, supersedes: null });
  const state = files.length > 0 ? "cut" : "skipped";
  const now = desk.engine.clock.now();
  const isScheduled = window.cutOff !== "asked";
  await settleWindow(
    tx,
    { clientId: runtime.id, id: window.id },
    {
      state,
      postingDate: window.postingDate,
      madeUp: isScheduled && isLate(order.pendingBy, profile, now),
      ...(state === "skipped" ? { reason: refused > 0 ? "nothing fits" : "nothing pending" } : {}),
    },
    now.toString(),
  );
  desk.failpoints.at("batch.generate.written");
  return {
    clientId: runtime.id,
    profile: profile.name,
    windowId: window.id,
    state,
    businessDate: window.businessDate,
    postingDate: window.postingDate,
    files,
    refused,
  };
}

/** True when a window is past the time that its profile tolerates. */
export function isLate(cutAt: string, profile: BatchProfile, now: Temporal.Instant): boolean {
  const latest = Temporal.Instant.from(cutAt).add({ minutes: profile.late.afterMinutes });
  return Temporal.Instant.compare(now, latest) > 0;
}

/** A window made up on a later day cannot post in the past: it posts as one cut now would. */
function possiblePostingDate(
  planned: string,
  profile: BatchProfile,
  runtime: ClientRuntime,
  desk: BatchDesk,
): string {
  const today = runtime.calendar.dateOf(desk.engine.clock.now());
  return planned >= today ? planned : datesNow(desk, runtime, profile).postingDate;
}
