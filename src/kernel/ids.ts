/**
 * Ids: UUIDv7 inside (RFC 9562 §5.7, so that indexes grow at their end), the spec's claim and
 * dispute numbers outside (`YYMMDD` + ordinal + `C` or `D`).
 *
 * An entry's id ends in the hexadecimal digit 0; its debit and credit steps are the same id ending
 * in 1 and 2, so the steps have ids of their own without a stored column.
 */
import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";

import { assert } from "./assert.ts";
import type { Clock } from "./clock.ts";

export interface Ids {
  /** A fresh UUIDv7. */
  next(): string;
  /** As many fresh ids, for a large set: the clock is read once. */
  take(count: number): string[];
  /** A fresh UUIDv7 whose last digit is 0: the id of an entry. */
  nextEntry(): string;
  /** What follows comes after this id, whoever's clock made it. Moves no clock. */
  after(id: string): void;
}

export type RandomSource = (size: number) => Uint8Array;

/**
 * Ids in order of creation inside one process: a 12-bit counter follows the millisecond. Across
 * processes they follow each other where `after` was told what is there already.
 */
export function uuids(clock: Clock, random: RandomSource = pooledRandom()): Ids {
  let lastMillis = 0;
  let counter = 0;
  let written = { millis: 0, text: "" };
  const nextAt = (now: number, tail: string): string => {
    if (now > lastMillis) {
      lastMillis = now;
      counter = 0;
    } else if (++counter > 0xfff) {
      lastMillis += 1;
      counter = 0;
    }
    if (written.millis !== lastMillis) written = { millis: lastMillis, text: inHex(lastMillis) };
    const variant = ((Number.parseInt(tail[0] as string, 16) & 0x3) | 0x8).toString(16);
    const count = counter.toString(16).padStart(3, "0");
    return `${written.text}-7${count}-${variant}${tail.slice(1, 4)}-${tail.slice(4)}`;
  };
  const tails = (count: number): string => {
    const bytes = random(count * TAIL_BYTES);
    assert(bytes.length === count * TAIL_BYTES, "a source gives as many bytes as were asked for");
    return Buffer.from(bytes).toString("hex");
  };
  const after = (id: string): void => {
    const millis = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
    const count = Number.parseInt(id.slice(15, 18), 16);
    if (millis < lastMillis || (millis === lastMillis && count <= counter)) return;
    lastMillis = millis;
    counter = count;
  };
  const next = (): string => nextAt(clock.now().epochMilliseconds, tails(1));
  return {
    next,
    take: (count) => {
      const now = clock.now().epochMilliseconds;
      const all = tails(count);
      const digits = TAIL_BYTES * 2;
      return Array.from({ length: count }, (_, at) =>
        nextAt(now, all.slice(at * digits, (at + 1) * digits)),
      );
    },
    nextEntry: () => `${next().slice(0, 35)}0`,
    after,
  };
}

/** Random bytes of an id, after its time and counter. */
const TAIL_BYTES = 8;

function inHex(millis: number): string {
  const digits = millis.toString(16).padStart(12, "0");
  return `${digits.slice(0, 8)}-${digits.slice(8)}`;
}

export function debitStepId(entryId: string): string {
  return `${entryId.slice(0, 35)}1`;
}

export function creditStepId(entryId: string): string {
  return `${entryId.slice(0, 35)}2`;
}

/** `YYMMDD` of the client's local day, an ordinal of four digits or more, and `C` or `D`. */
export function caseNumber(localDate: string, ordinal: number, kind: "C" | "D"): string {
  const day = localDate.slice(2, 10).replaceAll("-", "");
  return `${day}${String(ordinal).padStart(4, "0")}${kind}`;
}

/** An id of ours; the database takes it as it is. */
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const CLAIM_NUMBER = /^[0-9]{6}[0-9]{4,}C$/;
export const DISPUTE_NUMBER = /^[0-9]{6}[0-9]{4,}D$/;

const POOLED_BYTES = 4096;

function pooledRandom(): RandomSource {
  let pool = randomBytes(POOLED_BYTES);
  let used = 0;
  return (size) => {
    if (size > POOLED_BYTES) return randomBytes(size);
    if (used + size > pool.length) {
      pool = randomBytes(POOLED_BYTES);
      used = 0;
    }
    used += size;
    return pool.subarray(used - size, used);
  };
}
