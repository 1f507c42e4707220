/**
 * Takes in a feed of the system of record (BAI2, camt.053, CSV) and compares it with our movements:
 * matched, different, missing here, missing there. What matches confirms attestations and tracked
 * movements. The same bytes again change nothing; a feed with faults is refused whole.
 */
import { createHash } from "node:crypto";

import type { ClientRuntime, Engine } from "../accounting/engine.ts";
import { untilDecided } from "../accounting/execute-accounting.ts";
import type { InboundDocument, InboundLine } from "../formats/read/document.ts";
import { ACCOUNT_STATEMENTS } from "../formats/read/document.ts";
import { readInbound } from "../formats/read/read-inbound.ts";
import { Failure } from "../kernel/failure.ts";

import type { MatchedLine, MatchOutcome, OurPosting } from "./match-postings.ts";
import { matchPostings } from "./match-postings.ts";
import { insertConfirmations, insertLines, insertReconciliation } from "./store.ts";
import type { ReconciliationRow, UnconfirmedAttestation } from "./views.ts";
import {
  confirmedSides,
  postingsByReference,
  reconciliationOfBytes,
  unconfirmedAttestations,
} from "./views.ts";

export const FEED_FORMATS = ["bai2", "camt.053", "csv"] as const;
export type FeedFormat = (typeof FEED_FORMATS)[number];

export interface Feed {
  readonly clientId: string;
  readonly name: string;
  readonly format: FeedFormat;
  readonly bytes: Uint8Array;
  readonly actor: string;
}

export interface Reconciled {
  readonly reconciliation: ReconciliationRow;
  /** These bytes had come before; nothing was done. */
  readonly isRepeat: boolean;
}

const SLICE = 5000;
/** Attestations of the days of one feed that are listed as missing there. */
const MOST_MISSING_THERE = 10_000;

/** Throws `input-invalid` naming the lines at fault; then nothing is taken in. */
export function reconcileFile(engine: Engine, feed: Feed): Promise<Reconciled> {
  const { clientId, bytes } = feed;
  const sha256 = createHash("sha256").update(bytes).digest();
  return untilDecided(engine, async (tx) => {
    const known = await reconciliationOfBytes(tx, clientId, sha256);
    if (known !== undefined) return { reconciliation: known, isRepeat: true };
    const client = (await engine.clients(tx, [clientId])).get(clientId) as ClientRuntime;
    const lines = soundLines(feed, client);
    const { rulebook, settings } = client;
    const ours = await postingsByReference(tx, clientId, referencesOf(lines), [
      ...[...rulebook.operations.values()]
        .filter((one) => one.referenceInput !== null)
        .map((one) => one.id),
      "importHistory",
    ]);
    const { toleranceDays } = settings.reconciliation;
    const compared = matchPostings(lines, {
      ours: byReference(ours),
      confirmed: await confirmedSides(
        tx,
        clientId,
        ours.map((one) => one.adjustmentId),
      ),
      toleranceDays,
    });
    const days = daysOf(lines, client.calendar.dateOf(engine.clock.now()));
    const seen = new Set(compared.map((line) => line.posting?.adjustmentId));
    const missing = await unconfirmedAttestations(tx, {
      clientIds: [clientId],
      ...days,
      after: null,
      limit: MOST_MISSING_THERE,
    });
    const all = [
      ...compared,
      ...missing.filter((one) => !seen.has(one.adjustmentId)).map(missingThere),
    ];
    const now = engine.clock.now().toString();
    const id = engine.ids.next();
    const place = { clientId, reconciliationId: id };
    const count = (outcome: MatchOutcome): number =>
      all.filter((line) => line.outcome === outcome).length;
    const row = {
      clientId,
      id,
      name: feed.name,
      format: feed.format,
      sha256,
      sizeBytes: bytes.length,
      identity: null,
      ...days,
      lineCount: lines.length,
      matchedCount: count("matched"),
      differentCount: count("different"),
      missingHereCount: count("missingHere"),
      missingThereCount: count("missingThere"),
      actor: feed.actor,
    };
    const isNew = await insertReconciliation(tx, row, now);
    if (isNew) {
      for (let at = 0; at < all.length; at += SLICE) {
        await insertLines(tx, place, all.slice(at, at + SLICE), at + 1);
      }
      await insertConfirmations(tx, place, confirmationsOf(all), now);
    }
    const reconciliation = await reconciliationOfBytes(tx, clientId, sha256);
    if (reconciliation === undefined) throw new Error("a reconciliation just written is there");
    return { reconciliation, isRepeat: !isNew };
  });
}

/** The lines that say what was posted. Throws where the feed says something that it cannot mean. */
function soundLines({ format, bytes }: Feed, { settings }: ClientRuntime): readonly InboundLine[] {
  const mapping = format === "csv" ? settings.reconciliation.csv : {};
  const document: InboundDocument = readInbound(format, bytes, mapping);
  const { faults } = document;
  // What a statement says came back was posted, too.
  const lines = document.lines.filter(
    ({ status }) => status === "posted" || (status === "refused" && ACCOUNT_STATEMENTS.has(format)),
  );
  if (faults.length === 0 && lines.length > 0) return lines;
  const [first] = faults;
  if (first === undefined) {
    throw new Failure("input-invalid", "the feed has no posting", {}, [
      { pointer: "/file", detail: "has no posting" },
    ]);
  }
  const named = faults.slice(0, 100).map(({ line, place, reason }) => ({
    pointer: line === null ? `/file/${place}` : `/file/line/${line}/${place}`,
    detail: reason,
  }));
  const where = first.line === null ? first.place : `line ${first.line}, ${first.place}`;
  const howMany = faults.length === 1 ? "one fault:" : `${faults.length} faults, the first:`;
  const detail = `${howMany} ${where}: ${first.reason}`;
  throw new Failure("input-invalid", detail, {}, named);
}

function referencesOf(lines: readonly InboundLine[]): string[] {
  return [...new Set(lines.flatMap((line) => (line.reference === null ? [] : [line.reference])))];
}

function byReference(ours: readonly OurPosting[]): Map<string, OurPosting[]> {
  const found = new Map<string, OurPosting[]>();
  for (const one of ours) found.set(one.reference, [...(found.get(one.reference) ?? []), one]);
  return found;
}

function daysOf(lines: readonly InboundLine[], today: string): { fromOn: string; toOn: string } {
  const days = lines.map((line) => line.bookedOn ?? today).toSorted();
  return { fromOn: days[0] ?? today, toOn: days.at(-1) ?? today };
}

function missingThere(one: UnconfirmedAttestation): MatchedLine {
  const posting = { ...one, partsMinor: [] };
  return {
    lineNumber: null,
    outcome: "missingThere",
    reference: posting.reference,
    amountMinor: posting.amountMinor,
    currency: posting.currency,
    side: null,
    bookedOn: posting.postingDate,
    posting,
    difference: "attested here, and the feed of that day does not show it",
  };
}

function confirmationsOf(lines: readonly MatchedLine[]) {
  return lines.flatMap(({ outcome, posting, side }, index) =>
    outcome === "matched" && posting !== null
      ? [
          {
            adjustmentId: posting.adjustmentId,
            side: side ?? ("either" as const),
            ordinal: index + 1,
          },
        ]
      : [],
  );
}
