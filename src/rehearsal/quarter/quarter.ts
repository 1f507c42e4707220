/** What every part of a rehearsed quarter works with: the engine under test, and its world. */
import { Temporal } from "temporal-polyfill";

import type { AccountVault } from "../../access/vault.ts";
import type { BatchDesk } from "../../batch/desk.ts";
import type { Engine } from "../../accounting/engine.ts";
import type { ManualClock } from "../../kernel/clock.ts";
import type { ServiceDesk } from "../../service/desk.ts";
import type { AssignmentActions } from "../../work/perform-action.ts";
import type { SeededRandom } from "../seeded-random.ts";

import type { Adversity } from "./adversity.ts";
import { strikes } from "./adversity.ts";
import type { AdversityKind } from "./adversity.ts";
import type { Case } from "./cases.ts";
import type { PlayedClient } from "./institution.ts";
import type { OutsideBook } from "./outside.ts";
import type { PlainCalendar } from "./plain-calendar.ts";
import { plainCalendar } from "./plain-calendar.ts";

export interface Quarter {
  readonly engine: Engine;
  readonly clock: ManualClock;
  readonly vault: AccountVault;
  readonly actions: AssignmentActions;
  readonly serviceDesk: ServiceDesk;
  readonly batchDesk: BatchDesk;
  readonly random: SeededRandom;
  readonly clients: readonly PlayedClient[];
  readonly calendars: ReadonlyMap<string, PlainCalendar>;
  readonly adversities: readonly Adversity[];
  /** Nothing goes wrong at all: no core refuses, no line comes back. */
  readonly isCalm: boolean;
  readonly outside: OutsideBook;
  /** By the dispute's number, all that were opened so far. */
  readonly cases: Map<string, Case>;
  /** What refused a person's step, by code: shown in the summary. */
  readonly refusals: Map<string, number>;
  /** Told what Redress itself reports as a problem. */
  readonly problems: string[];
}

export function calendarsOf(clients: readonly PlayedClient[]): ReadonlyMap<string, PlainCalendar> {
  return new Map(clients.map((one) => [one.id, plainCalendar(one.closed)]));
}

/** Date and hour where the client is. */
export function localTime(
  quarter: Pick<Quarter, "clock">,
  { zone }: Pick<PlayedClient, "zone">,
): { date: string; hour: number } {
  const local = quarter.clock.now().toZonedDateTimeISO(zone);
  return { date: local.toPlainDate().toString(), hour: local.hour };
}

export function dateAt(milliseconds: number, { zone }: Pick<PlayedClient, "zone">): string {
  const instant = Temporal.Instant.fromEpochMilliseconds(milliseconds);
  return instant.toZonedDateTimeISO(zone).toPlainDate().toString();
}

/** When a local day begins, in milliseconds since the epoch. */
export function dayBegins(date: string, { zone }: Pick<PlayedClient, "zone">): number {
  return Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds;
}

export function isStruck(quarter: Quarter, kind: AdversityKind, clientId: string): boolean {
  const now = quarter.clock.now().epochMilliseconds;
  return strikes(quarter.adversities, kind, clientId, now);
}

export function isOpenDay(quarter: Quarter, clientId: string, date: string): boolean {
  return calendarOf(quarter, clientId).isOpen(date);
}

export function calendarOf(
  { calendars }: Pick<Quarter, "calendars">,
  clientId: string,
): PlainCalendar {
  const calendar = calendars.get(clientId);
  if (calendar === undefined) throw new Error(`no client ${clientId} plays`);
  return calendar;
}

/**
 * A whole number below the limit that belongs to a text: the same dispute meets the same fate in
 * whatever order things happen (FNV-1a).
 */
export function drawFor(text: string, limit: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash ^= hash >>> 15;
  return (Math.imul(hash, 0x2c1b3c6d) >>> 0) % limit;
}
