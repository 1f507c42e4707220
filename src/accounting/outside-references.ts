/**
 * What the outside calls an event, looked up for a set of operations before they are decided: the
 * same chargeback twice is one, and of a merchant's credit every dispute uses its part.
 */
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { RuleBook } from "../rulebook/load.ts";

import type { KnownCredit } from "./decide-context.ts";
import type { Change, DisputeBook } from "./dispute-book.ts";
import type { CreditUse } from "./merchant-credits.ts";
import { creditUses, usesCredit } from "./merchant-credits.ts";
import { recordingsOf } from "./recordings.ts";
import { usedReferences } from "./views.ts";

interface Referring {
  readonly clientId: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface OutsideReferences {
  used(clientId: string, kind: string, reference: string): boolean;
  creditOf(clientId: string, reference: string): KnownCredit | undefined;
  /** What has just been decided on a book counts for the rest of the set. */
  note(book: DisputeBook, changes: readonly Change[]): void;
}

/** A constant number of statements; the second only where something refers to a credit. */
export async function outsideReferences(
  db: Queries,
  requests: readonly Referring[],
  rulebookOf: (clientId: string) => RuleBook | undefined,
): Promise<OutsideReferences> {
  const referring = requests.flatMap((request) => [
    request,
    ...recordedBy(request, rulebookOf(request.clientId)),
  ]);
  const used = await referencesBefore(db, referring);
  const credits = await creditsBefore(
    db,
    referring.flatMap(({ clientId, operation, input: { reference } }) => {
      const rulebook = rulebookOf(clientId);
      if (typeof reference !== "string" || rulebook === undefined) return [];
      return usesCredit(rulebook, operation) ? [{ clientId, reference }] : [];
    }),
  );
  return {
    used: (clientId, kind, reference) => used.has(`${clientId} ${kind} ${reference}`),
    creditOf: (clientId, reference) => credits.get(`${clientId} ${reference}`),
    note: (book, changes) => {
      for (const change of changes) {
        if (change.type === "referenceRecorded") {
          used.add(`${book.clientId} ${change.kind} ${change.reference}`);
        } else if (change.type === "creditUsed") {
          const { reference, wholeMinor } = change;
          const key = `${book.clientId} ${reference}`;
          const { currency } = book;
          if (!credits.has(key)) credits.set(key, { currency, wholeMinor, usedMinor: 0n });
        }
      }
      const rulebook = rulebookOf(book.clientId);
      if (rulebook === undefined) return;
      for (const use of creditUses(rulebook, book, changes)) addUse(credits, book.clientId, use);
    },
  };
}

function addUse(
  credits: Map<string, KnownCredit>,
  clientId: string,
  { reference, amountMinor }: CreditUse,
): void {
  const known = credits.get(`${clientId} ${reference}`);
  if (known === undefined) return;
  const usedMinor = known.usedMinor + amountMinor;
  credits.set(`${clientId} ${reference}`, { ...known, usedMinor });
}

/** An outside reference is unique per client and kind; the kind is the operation's name. */
async function referencesBefore(db: Queries, requests: readonly Referring[]): Promise<Set<string>> {
  const wanted = requests.flatMap((request) =>
    [request.input["reference"], request.input["source"], ...movementReferences(request.input)]
      .filter((value) => typeof value === "string")
      .map((reference) => ({ clientId: request.clientId, kind: request.operation, reference })),
  );
  const used = await usedReferences(db, wanted);
  return new Set(used.map((one) => `${one.clientId} ${one.kind} ${one.reference}`));
}

/** What the movements of a history would be recorded by, had they happened here. */
function recordedBy({ clientId, input }: Referring, rulebook: RuleBook | undefined): Referring[] {
  const { movements } = input;
  if (rulebook === undefined || !Array.isArray(movements)) return [];
  return movements.flatMap((one: unknown) => {
    if (typeof one !== "object" || one === null) return [];
    if (!("rule" in one && "reference" in one)) return [];
    const { rule, reference } = one;
    return recordingsOf(rulebook, String(rule)).map(({ id: operation }) => ({
      ...{ clientId, operation },
      input: { reference },
    }));
  });
}

/** Of a history: one reference a movement. */
function movementReferences({ movements }: Referring["input"]): unknown[] {
  if (!Array.isArray(movements)) return [];
  return movements.map((one: unknown) =>
    typeof one === "object" && one !== null && "reference" in one ? one.reference : undefined,
  );
}

/** By `client reference`. Served by the primary key. */
async function creditsBefore(
  db: Queries,
  wanted: readonly { readonly clientId: string; readonly reference: string }[],
): Promise<Map<string, KnownCredit>> {
  if (wanted.length === 0) return new Map();
  const rows = await db.query<KnownCredit & { clientId: string; reference: string }>(sql`
    select distinct c.client_id as "clientId", c.reference, c.currency,
           c.amount_minor as "wholeMinor", c.used_minor as "usedMinor"
    from unnest(
      ${wanted.map((one) => one.clientId)}::text[],
      ${wanted.map((one) => one.reference)}::text[]) as w (client_id, reference)
    join merchant_credit c on c.client_id = w.client_id and c.reference = w.reference
  `);
  return new Map(rows.map((row) => [`${row.clientId} ${row.reference}`, row]));
}
