/**
 * The lines of our batch files that lines of a return file may speak of, found in sets: by the
 * adjustment, by file and line number, or, where no file is named, by line number in the files that
 * left lately. What is found is locked before it is read for deciding.
 */
import type { Temporal } from "temporal-polyfill";

import type { Queries, Transaction } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";

import type { Pointer } from "./references.ts";

/** A line of ours with all that a decision about it needs. */
export interface OurLine {
  readonly fileId: string;
  readonly sequence: bigint;
  readonly fileName: string;
  readonly fileState: string;
  /** Its file waits for another person's word: nobody outside can have it. */
  readonly isUnreleased: boolean;
  readonly currency: string;
  readonly postingDate: string;
  readonly lineNumber: bigint;
  readonly detailCount: number;
  readonly adjustmentId: string;
  /** The number of its dispute. */
  readonly dispute: string;
  readonly amountMinor: bigint;
  readonly direction: "debit" | "credit" | "memo";
  readonly entryIds: readonly string[] | null;
  readonly keyRevision: number;
  readonly live: boolean;
  readonly outcome: "acknowledged" | "refused" | "released" | null;
  readonly adjustmentState: string;
  /** On what ground it counts as moved. */
  readonly basis: string | null;
}

interface Place {
  readonly fileId: string;
  readonly lineNumber: bigint;
}

/** Places of our lines, by what was asked for. */
export interface Places {
  readonly ofAdjustment: ReadonlyMap<string, readonly Place[]>;
  /** Key: `fileOf(pointer)` and the detail's number. */
  readonly ofNumber: ReadonlyMap<string, readonly Place[]>;
}

const LATELY_DAYS = 60;
const MOST_FILES_LATELY = 100;

export function numberKey(file: string | null, detailNumber: bigint): string {
  return `${file ?? ""}\n${detailNumber}`;
}

/** Finds where the pointers may lead, in the files of one profile. */
export async function findPlaces(
  db: Queries,
  profile: { clientId: string; name: string },
  pointers: readonly Pointer[],
  now: Temporal.Instant,
): Promise<Places> {
  const ids = pointers.flatMap((pointer) => pointer.adjustment?.id ?? []);
  const byNumber = pointers.filter(
    (pointer) => pointer.adjustment === null && pointer.detailNumber !== null,
  );
  return {
    ofAdjustment: await placesOfAdjustments(db, profile, [...new Set(ids)]),
    ofNumber: await placesOfNumbers(db, profile, byNumber, now),
  };
}

async function placesOfAdjustments(
  db: Queries,
  profile: { clientId: string; name: string },
  ids: readonly string[],
): Promise<Map<string, Place[]>> {
  if (ids.length === 0) return new Map();
  const rows = await db.query<Place & { adjustmentId: string }>(sql`
    select l.adjustment_id as "adjustmentId", l.file_id as "fileId", l.line_number as "lineNumber"
    from batch_line l
    join batch_file f on f.client_id = l.client_id and f.id = l.file_id
    where l.client_id = ${profile.clientId} and l.adjustment_id = any (${ids}::uuid[])
      and f.profile = ${profile.name}
    order by l.adjustment_id, f.sequence
  `);
  return gathered(rows, (row) => row.adjustmentId);
}

async function placesOfNumbers(
  db: Queries,
  profile: { clientId: string; name: string },
  pointers: readonly Pointer[],
  now: Temporal.Instant,
): Promise<Map<string, Place[]>> {
  const places = new Map<string, Place[]>();
  const numbersOf = new Map<string | null, bigint[]>();
  for (const { file, detailNumber } of pointers) {
    const list = numbersOf.get(file) ?? [];
    if (list.length === 0) numbersOf.set(file, list);
    list.push(detailNumber as bigint);
  }
  for (const [file, numbers] of numbersOf) {
    const files =
      file === null ? await filesLately(db, profile, now) : await filesNamed(db, profile, file);
    const rows = await linesNumbered(db, profile.clientId, files, [...new Set(numbers)]);
    for (const [key, found] of gathered(rows, (row) => numberKey(file, row.detailNumber))) {
      places.set(key, found);
    }
  }
  return places;
}

/** Our files of a profile by id, sequence or name. */
export async function filesNamed(
  db: Queries,
  profile: { clientId: string; name: string },
  name: string,
): Promise<string[]> {
  const sequence = /^[0-9]{1,15}$/.test(name) ? BigInt(name) : null;
  const rows = await db.query<{ id: string }>(sql`
    select id
    from batch_file
    where client_id = ${profile.clientId} and profile = ${profile.name}
      and (id::text = lower(${name}) or replace(id::text, '-', '') = lower(${name})
        or sequence = ${sequence}::bigint or file_name = ${name})
  `);
  return rows.map((row) => row.id);
}

async function filesLately(
  db: Queries,
  profile: { clientId: string; name: string },
  now: Temporal.Instant,
): Promise<string[]> {
  const since = now.subtract({ hours: LATELY_DAYS * 24 }).toString();
  const rows = await db.query<{ id: string }>(sql`
    select id
    from batch_file
    where client_id = ${profile.clientId} and profile = ${profile.name}
      and created_at >= ${since}
    order by sequence desc
    limit ${MOST_FILES_LATELY}
  `);
  return rows.map((row) => row.id);
}

function linesNumbered(
  db: Queries,
  clientId: string,
  files: readonly string[],
  numbers: readonly bigint[],
): Promise<(Place & { detailNumber: bigint })[]> {
  if (files.length === 0 || numbers.length === 0) return Promise.resolve([]);
  return db.query(sql`
    select l.file_id as "fileId", l.line_number as "lineNumber", n.number as "detailNumber"
    from unnest(${files}::uuid[]) as f (id)
    cross join unnest(${numbers}::bigint[]) as n (number)
    cross join lateral (
      select b.file_id, b.line_number, b.detail_count
      from batch_line b
      where b.client_id = ${clientId} and b.file_id = f.id and b.line_number <= n.number
      order by b.line_number desc
      limit 1) l
    where n.number < l.line_number + l.detail_count
  `);
}

function gathered<Row extends Place>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): Map<string, Place[]> {
  const map = new Map<string, Place[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const list = map.get(key);
    if (list === undefined) map.set(key, [row]);
    else list.push(row);
  }
  return map;
}

export function placeKey(place: Place): string {
  return `${place.fileId}\n${place.lineNumber}`;
}

/** Locks the files, then the adjustments of the places, both in order; then reads the lines. */
export async function lockLines(
  tx: Transaction,
  clientId: string,
  places: readonly Place[],
): Promise<Map<string, OurLine>> {
  if (places.length === 0) return new Map();
  const files = [...new Set(places.map((place) => place.fileId))].toSorted();
  await tx.query(sql`
    select 1 from batch_file
    where client_id = ${clientId} and id = any (${files}::uuid[])
    order by id
    for update
  `);
  const fileIds = places.map((place) => place.fileId);
  const lineNumbers = places.map((place) => place.lineNumber);
  await tx.query(sql`
    select 1 from adjustment
    where client_id = ${clientId} and id in (
      select l.adjustment_id
      from unnest(${fileIds}::uuid[], ${lineNumbers}::bigint[]) as p (file_id, line_number)
      join batch_line l on l.client_id = ${clientId} and l.file_id = p.file_id
        and l.line_number = p.line_number)
    order by client_id, id
    for update
  `);
  const rows = await tx.query<OurLine>(sql`
    select l.file_id as "fileId", f.sequence, f.file_name as "fileName",
           f.state as "fileState", f.release = 'waiting' as "isUnreleased", f.currency,
           f.posting_date as "postingDate", l.line_number as "lineNumber",
           l.detail_count as "detailCount", l.adjustment_id as "adjustmentId", d.number as dispute,
           l.amount_minor as "amountMinor", l.direction, l.entry_ids as "entryIds",
           l.key_revision as "keyRevision", l.live, l.outcome, a.state as "adjustmentState", (
             select x.basis from execution x
             where x.client_id = l.client_id and x.adjustment_id = l.adjustment_id
             order by x.recorded_at desc, x.id desc
             limit 1) as basis
    from (
      select distinct file_id, line_number
      from unnest(${fileIds}::uuid[], ${lineNumbers}::bigint[]) as p (file_id, line_number)) p
    join batch_line l on l.client_id = ${clientId} and l.file_id = p.file_id
      and l.line_number = p.line_number
    join batch_file f on f.client_id = l.client_id and f.id = l.file_id
    join adjustment a on a.client_id = l.client_id and a.id = l.adjustment_id
    join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
  `);
  return new Map(rows.map((row) => [placeKey(row), row]));
}

/** A detail of a line that has several. */
export interface OurDetail {
  readonly entryId: string;
  readonly amountMinor: bigint;
  readonly direction: "debit" | "credit";
}

/** What each detail of the lines given says, in the order of the file. */
export async function detailsOf(
  db: Queries,
  clientId: string,
  lines: readonly OurLine[],
): Promise<Map<string, OurDetail[]>> {
  const several = lines.filter((line) => line.detailCount > 1);
  if (several.length === 0) return new Map();
  const rows = await db.query<
    Place & { entryId: string; amountMinor: bigint; isCreditToHolder: boolean }
  >(sql`
    select l.file_id as "fileId", l.line_number as "lineNumber", e.id as "entryId",
           e.amount_minor as "amountMinor",
           e.credit_account ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' as "isCreditToHolder"
    from unnest(
      ${several.map((line) => line.fileId)}::uuid[],
      ${several.map((line) => line.lineNumber)}::bigint[]) as p (file_id, line_number)
    join batch_line l on l.client_id = ${clientId} and l.file_id = p.file_id
      and l.line_number = p.line_number
    join adjustment a on a.client_id = l.client_id and a.id = l.adjustment_id
    join entry e on e.client_id = a.client_id and e.dispute_id = a.dispute_id
      and e.adjustment_id = a.id and e.kind <> 'contra'
      and (l.entry_ids is null or e.id = any (l.entry_ids))
    order by l.file_id, l.line_number, e.id
  `);
  const entries = new Map<string, typeof rows>();
  for (const row of rows) {
    const list = entries.get(placeKey(row));
    if (list === undefined) entries.set(placeKey(row), [row]);
    else list.push(row);
  }
  return new Map(
    several.map((line) => [
      placeKey(line),
      details(line.detailCount, entries.get(placeKey(line)) ?? []),
    ]),
  );
}

/** One detail per entry, or two: its debit step and its credit step. */
function details(
  count: number,
  entries: readonly { entryId: string; amountMinor: bigint; isCreditToHolder: boolean }[],
): OurDetail[] {
  return entries.flatMap(({ entryId, amountMinor, isCreditToHolder }) =>
    count === entries.length
      ? [{ entryId, amountMinor, direction: isCreditToHolder ? ("credit" as const) : "debit" }]
      : (["debit", "credit"] as const).map((direction) => ({ entryId, amountMinor, direction })),
  );
}

export interface AnsweredDetail {
  readonly detail: number;
  readonly isAccepted: boolean;
}

/** Answers that single details of these lines have already. */
export async function answeredDetails(
  db: Queries,
  clientId: string,
  lines: readonly OurLine[],
): Promise<Map<string, AnsweredDetail[]>> {
  const several = lines.filter((line) => line.detailCount > 1);
  if (several.length === 0) return new Map();
  const rows = await db.query<Place & AnsweredDetail>(sql`
    select i.batch_file_id as "fileId", i.batch_line as "lineNumber", i.detail,
           i.status <> 'refused' as "isAccepted"
    from unnest(
      ${several.map((line) => line.fileId)}::uuid[],
      ${several.map((line) => line.lineNumber)}::bigint[]) as p (file_id, line_number)
    join inbound_line i on i.client_id = ${clientId} and i.batch_file_id = p.file_id
      and i.batch_line = p.line_number and i.detail is not null and i.state = 'applied'
    order by i.settled_at, i.ordinal
  `);
  const map = new Map<string, AnsweredDetail[]>();
  for (const row of rows) {
    const list = map.get(placeKey(row));
    if (list === undefined) map.set(placeKey(row), [row]);
    else list.push(row);
  }
  return map;
}
