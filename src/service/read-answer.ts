/**
 * What an answer of the system of record means: its code, its reference, what it says was posted,
 * and by the outcome table one of the outcomes. Pure.
 *
 * The shipped rows come after the service's own; where nothing is certain the outcome is unknown.
 */
import { z } from "zod";

import { storable } from "../kernel/fit-text.ts";

import type {
  AnswerMapping,
  LookUpOutcome,
  OutcomeCondition,
  PostingOutcome,
  ValidateOutcome,
} from "./service-configuration.ts";

/** An answer as it came; `body` is undefined where it could not be read. */
export interface ServiceAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Why the body could not be read, in words for people. */
  readonly problem?: string;
  /** A fault, or a body that should be readable and is not: its status alone is no verdict. */
  readonly isUnclear?: boolean;
}

/** What the core says it posted, each null where it does not say. */
export interface Echo {
  readonly amount: string | null;
  readonly currency: string | null;
  readonly debitAccount: string | null;
  readonly creditAccount: string | null;
}

export interface Reading<Outcome> {
  readonly outcome: Outcome;
  readonly code: string | null;
  /** All codes, where the answer names several. */
  readonly codes: readonly string[];
  readonly reason: string;
  readonly reference: string | null;
  readonly postingDate: string | null;
  readonly echo: Echo;
  /** Posted to the core's own suspense, because the account is closed. */
  readonly isParked: boolean;
}

interface Row<Outcome> {
  readonly when: OutcomeCondition;
  readonly outcome: Outcome;
  readonly reason?: string | undefined;
  readonly parked?: boolean | undefined;
}

const POSTING_ROWS: readonly Row<PostingOutcome>[] = [
  // RFC 9110 §15.3.3: it may still come to nothing.
  { when: { status: 202 }, outcome: "unknown", reason: "accepted, and not done yet" },
  { when: { status: "2xx" }, outcome: "posted" },
  // §15.4.4: it was done, and what came of it stands elsewhere.
  { when: { status: 303 }, outcome: "unknown", reason: "answered with where to look" },
  { when: { status: "3xx" }, outcome: "notProcessed", reason: "answered with a redirect" },
  { when: { status: [401, 403] }, outcome: "notProcessed", reason: "does not accept our sign-in" },
  { when: { status: 429 }, outcome: "notProcessed", reason: "asks us to slow down" },
  { when: { status: [408, 409, 425] }, outcome: "unknown" },
  { when: { status: "4xx" }, outcome: "refused" },
  { when: {}, outcome: "unknown" },
];

/** What a status says for certain whatever the body is. */
const UNCLEAR_POSTING_ROWS = POSTING_ROWS.filter(
  ({ outcome }) => outcome === "notProcessed" || outcome === "unknown",
);

const LOOK_UP_ROWS: readonly Row<LookUpOutcome>[] = [
  { when: { status: 200 }, outcome: "posted" },
  { when: { status: [404, 410] }, outcome: "notFound" },
  { when: {}, outcome: "unknown" },
];

const VALIDATE_ROWS: readonly Row<ValidateOutcome>[] = [
  { when: { status: "2xx" }, outcome: "wouldPost" },
  { when: { status: [401, 403, 408, 409, 425, 429] }, outcome: "unknown" },
  { when: { status: "4xx" }, outcome: "refused" },
  { when: {}, outcome: "unknown" },
];

const UNCLEAR: readonly [{ when: OutcomeCondition; outcome: "unknown" }] = [
  { when: {}, outcome: "unknown" },
];

/** A posting whose mapped reference is missing is not read as one: unknown. */
export function readPosting(
  answer: ServiceAnswer,
  mapping: AnswerMapping,
  own: readonly Row<PostingOutcome>[],
): Reading<PostingOutcome> {
  const shipped = answer.isUnclear === true ? UNCLEAR_POSTING_ROWS : POSTING_ROWS;
  const reading = read(answer, mapping, [...own, ...shipped]);
  const isPosted = reading.outcome === "posted" || reading.outcome === "alreadyPosted";
  return isPosted && lacksReference(reading, mapping, answer)
    ? { ...reading, outcome: "unknown", reason: unreadable(answer) }
    : reading;
}

export function readLookUp(
  answer: ServiceAnswer,
  mapping: AnswerMapping,
  own: readonly Row<LookUpOutcome>[],
): Reading<LookUpOutcome> {
  const shipped = answer.isUnclear === true ? UNCLEAR : LOOK_UP_ROWS;
  const reading = read(answer, mapping, [...own, ...shipped]);
  return reading.outcome === "posted" && lacksReference(reading, mapping, answer)
    ? { ...reading, outcome: "unknown", reason: unreadable(answer) }
    : reading;
}

/** What a validate-only call found; a reference is not asked of it, for nothing is posted. */
export function readValidation(
  answer: ServiceAnswer,
  mapping: AnswerMapping,
  own: readonly Row<ValidateOutcome>[],
): Reading<ValidateOutcome> {
  const shipped = answer.isUnclear === true ? UNCLEAR : VALIDATE_ROWS;
  const reading = read(answer, mapping, [...own, ...shipped]);
  return reading.outcome === "wouldPost" && answer.problem !== undefined
    ? { ...reading, outcome: "unknown", reason: unreadable(answer) }
    : reading;
}

function unreadable({ problem }: ServiceAnswer): string {
  return problem === undefined ? "an unreadable answer" : `an unreadable answer: ${problem}`;
}

function lacksReference(
  reading: { reference: string | null },
  mapping: AnswerMapping,
  answer: ServiceAnswer,
): boolean {
  if (answer.problem !== undefined) return true;
  if (mapping.reference !== undefined) return !reading.reference;
  // What has no content by its status says all that it has to say (RFC 9110 §15.3.5).
  return isNothing(answer.body) && answer.status !== 204;
}

function isNothing(body: unknown): boolean {
  return body === undefined || body === null || (Array.isArray(body) && body.length === 0);
}

function read<Outcome>(
  answer: ServiceAnswer,
  mapping: AnswerMapping,
  rows: readonly Row<Outcome>[],
): Reading<Outcome> {
  const at = (places: string | readonly string[] | undefined): string | null =>
    places === undefined ? null : firstText(answer, list(places));
  const code = at(mapping.code);
  const several = mapping.codes === undefined ? [] : textsAt(answer, mapping.codes);
  const row = rows.find(({ when }) => fits(when, answer, code));
  const { outcome, reason, parked = false } = row as Row<Outcome>;
  return {
    outcome,
    code,
    codes: several.length > 0 || code === null ? several : [code],
    reason: reason ?? at(mapping.message) ?? code ?? wordless(answer),
    reference: fittingReference(at(mapping.reference)),
    postingDate: dateOf(at(mapping.postingDate), mapping.dateIn ?? "ymd"),
    isParked: parked,
    echo: {
      amount: at(mapping.amount),
      currency: at(mapping.currency),
      debitAccount: at(mapping.debitAccount),
      creditAccount: at(mapping.creditAccount),
    },
  };
}

function firstText(answer: ServiceAnswer, places: readonly string[]): string | null {
  for (const place of places) {
    const text = textAt(answer, place);
    if (text !== null) return text;
  }
  return null;
}

/** No core's reference is longer; one that cannot be found again is none. */
const LONGEST_REFERENCE = 500;

function fittingReference(text: string | null): string | null {
  return text !== null && text.length <= LONGEST_REFERENCE ? text : null;
}

function wordless(answer: ServiceAnswer): string {
  const status = `status ${answer.status}`;
  return answer.problem === undefined ? status : `${status}, ${unreadable(answer)}`;
}

function fits(when: OutcomeCondition, answer: ServiceAnswer, code: string | null): boolean {
  const { status, header = {}, body = {}, empty } = when;
  if (status !== undefined && !list(status).some((one) => isStatus(one, answer.status))) {
    return false;
  }
  if (empty !== undefined && !isEmpty(answer, empty)) return false;
  if (when.code !== undefined && !(code !== null && list(when.code).includes(code))) return false;
  return (
    Object.entries(header).every(
      ([name, value]) => answer.headers[name.toLowerCase()]?.toLowerCase() === value.toLowerCase(),
    ) && Object.entries(body).every(([source, value]) => textsAt(answer, source).includes(value))
  );
}

/** A list without items, an element without content: there, where it belongs, and nothing in it. */
function isEmpty({ body }: ServiceAnswer, place: string): boolean {
  const value = valueAt(body, stepsOf(place).slice(1));
  return value === "" || (Array.isArray(value) && value.length === 0);
}

function isStatus(wanted: number | string, status: number): boolean {
  if (typeof wanted === "number") return wanted === status;
  return wanted[0] === String(status)[0];
}

function list<Item>(given: Item | readonly Item[]): readonly Item[] {
  return Array.isArray(given) ? (given as readonly Item[]) : [given as Item];
}

/** The scalars at a place: several where `*` stands for each of a list, else one or none. */
function textsAt(answer: ServiceAnswer, source: string): string[] {
  const [root, ...path] = source.split(".");
  const at = path.indexOf("*");
  if (root === "header" || at < 0) {
    const text = textAt(answer, source);
    return text === null ? [] : [text];
  }
  const found = valueAt(answer.body, path.slice(0, at));
  const items: readonly unknown[] = Array.isArray(found) ? found : [found];
  const rest = ["body", ...path.slice(at + 1)].join(".");
  return items.flatMap((body) => textsAt({ ...answer, body }, rest));
}

/**
 * The scalar at `body.a.0.b` or `header.name` as text; null where there is none. `0` of what is no
 * list is the thing itself, and the text of an element with attributes is its value: XML does not
 * say beforehand which of its elements may repeat or have attributes.
 */
export function textAt(answer: ServiceAnswer, source: string): string | null {
  const [root, ...path] = stepsOf(source);
  if (root === "header") return answer.headers[path.join(".").toLowerCase()] ?? null;
  let value = valueAt(answer.body, path);
  if (typeof value === "object" && value !== null && Object.hasOwn(value, "#text")) {
    value = (value as Record<string, unknown>)["#text"];
  }
  if (typeof value === "string") return storable(value);
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

const stepsByPlace = new Map<string, readonly string[]>();
const REMEMBERED_PLACES = 1000;

/** Places are of the configuration: the same few for every answer. */
function stepsOf(place: string): readonly string[] {
  let steps = stepsByPlace.get(place);
  if (steps === undefined) {
    steps = place.split(".");
    if (stepsByPlace.size < REMEMBERED_PLACES) stepsByPlace.set(place, steps);
  }
  return steps;
}

function valueAt(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const name of path) {
    const isThere = typeof value === "object" && value !== null && Object.hasOwn(value, name);
    if (isThere) value = (value as Record<string, unknown>)[name];
    else if (name !== "0" || Array.isArray(value)) return null;
  }
  return value;
}

/** JSON with its numbers kept as written: a core's amount never goes through a floating number. */
export function parseJsonExactly(text: string): unknown {
  return JSON.parse(text, (_, value: unknown, ...rest: { source?: string }[]) =>
    typeof value === "number" ? (rest[0]?.source ?? String(value)) : value,
  );
}

/** Of the calendar: no column holds a 31st of November. */
const DAY = z.iso.date();

const ORDERS = {
  ymd: /^(?<year>[0-9]{4})([-./]?)(?<month>[0-9]{2})\2(?<day>[0-9]{2})(?![0-9])/,
  dmy: /^(?<day>[0-9]{1,2})([-./]?)(?<month>[0-9]{1,2})\2(?<year>[0-9]{4})(?![0-9])/,
  mdy: /^(?<month>[0-9]{1,2})([-./]?)(?<day>[0-9]{1,2})\2(?<year>[0-9]{4})(?![0-9])/,
} as const;

function dateOf(text: string | null, order: keyof typeof ORDERS): string | null {
  const parts = ORDERS[order].exec(text ?? "")?.groups;
  if (parts === undefined) return null;
  const { year = "", month = "", day = "" } = parts;
  const date = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  return DAY.safeParse(date).success ? date : null;
}
