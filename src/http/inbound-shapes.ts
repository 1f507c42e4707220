/** Return files, their lines and alarms as the outside sees them. */
import { z } from "zod";

import type { AlarmRow } from "../batch/alarms.ts";
import { ALARM_KINDS } from "../batch/alarms.ts";
import { EXPLANATIONS } from "../batch/inbound/explanations.ts";
import type { Explanation } from "../batch/inbound/explanations.ts";
import type { InboundFileRow, InboundLineRow, LineCount } from "../batch/inbound/views.ts";
import type { WaitsFor } from "../batch/inbound/waits.ts";
import { WAITS_FOR, waitsFor } from "../batch/inbound/waits.ts";
import { wireMoney } from "../kernel/money.ts";

import { Money } from "./shapes.ts";

export const INBOUND_STATES = [
  "received",
  "read",
  "held",
  "matched",
  "partlyMatched",
  "refused",
] as const;

export const WAITS = Object.keys(WAITS_FOR) as WaitsFor[];

export const LINE_STATES = [
  "waiting",
  "applied",
  "repeated",
  "noted",
  "unmatched",
  "setAside",
] as const;

export const InboundFile = z
  .object({
    id: z.string(),
    client: z.string(),
    profile: z.string(),
    name: z.string(),
    source: z.string(),
    format: z.string(),
    state: z.enum(INBOUND_STATES),
    waits: z
      .enum(WAITS)
      .nullable()
      .describe(
        Object.entries(WAITS_FOR)
          .map(([wait, words]) => `${wait}: ${words}`)
          .join(" "),
      ),
    problem: z.string().nullable().describe("Why it is held, refused, put off or partly matched"),
    identity: z.string().nullable().describe("What its sender calls it"),
    duplicateOf: z.string().nullable(),
    sha256: z.string(),
    sizeBytes: z.int(),
    lines: z.int(),
    receivedBy: z.string(),
    receivedAt: z.string(),
    finishedAt: z.string().nullable(),
    version: z.int(),
  })
  .meta({ id: "InboundFile" });

export const InboundDetails = InboundFile.extend({
  totals: z
    .array(
      z.object({
        control: z.enum(["count", "debit", "credit"]),
        said: z.string().describe("By the file; of sums the minor units"),
        counted: z.string(),
        agrees: z.boolean(),
      }),
    )
    .describe("The file's own controls"),
  faults: z.array(z.object({ line: z.int().nullable(), place: z.string(), reason: z.string() })),
  counts: z
    .array(z.object({ state: z.enum(LINE_STATES), outcome: z.string().nullable(), count: z.int() }))
    .describe("How many lines ended how"),
  repeats: z
    .array(
      z.object({ name: z.string(), source: z.string(), by: z.string(), receivedAt: z.string() }),
    )
    .describe("When the same bytes came again"),
  decisions: z.array(
    z.object({
      line: z.int().nullable(),
      decision: z.string(),
      batch: z.string().nullable(),
      batchLine: z.int().nullable(),
      reason: z.string(),
      by: z.string(),
      at: z.string(),
    }),
  ),
}).meta({ id: "InboundDetails" });

export const InboundLine = z
  .object({
    ordinal: z.int().describe("Its place among the file's lines"),
    line: z.int().describe("Where it stands in the file"),
    status: z.enum(["accepted", "refused", "unknown", "posted"]),
    reference: z.string().nullable(),
    traceNumber: z.string().nullable(),
    originalFile: z.string().nullable(),
    endToEndId: z.string().nullable(),
    amount: Money.nullable(),
    amountMinor: z.string().nullable().describe("Also where no currency is said"),
    side: z.enum(["debit", "credit"]).nullable(),
    bookedOn: z.string().nullable(),
    code: z.string().nullable(),
    reason: z.string().nullable(),
    state: z.enum(LINE_STATES),
    outcome: z.string().nullable().describe("What it did"),
    explanation: z.string().nullable().describe("Why it did nothing, as a code"),
    explained: z.string().nullable().describe("The same in words"),
    adjustment: z.string().nullable(),
    batch: z.string().nullable(),
    batchLine: z.int().nullable(),
    settledBy: z.string().nullable(),
  })
  .meta({ id: "InboundLine" });

export const BatchAlarm = z
  .object({
    id: z.string(),
    client: z.string(),
    profile: z.string(),
    kind: z.enum(ALARM_KINDS),
    subject: z.string().describe("The file it is about"),
    owner: z.string(),
    text: z.string(),
    raisedAt: z.string(),
    closedAt: z.string().nullable(),
    closedBy: z.string().nullable(),
    closedBecause: z.string().nullable(),
  })
  .meta({ id: "BatchAlarm" });

export function presentInbound(file: InboundFileRow): z.infer<typeof InboundFile> {
  return {
    id: file.id,
    client: file.clientId,
    profile: file.profile,
    name: file.name,
    source: file.source,
    format: file.format,
    state: file.state,
    waits: waitsFor(file),
    problem: file.problem,
    identity: file.identity,
    duplicateOf: file.duplicateOf,
    sha256: file.sha256.toString("hex"),
    sizeBytes: Number(file.sizeBytes),
    lines: Number(file.lineCount),
    receivedBy: file.receivedBy,
    receivedAt: file.receivedAt,
    finishedAt: file.finishedAt,
    version: file.version,
  };
}

export function presentCounts(counts: readonly LineCount[]) {
  return counts.map((one) => ({ ...one, count: Number(one.count) }));
}

export function presentInboundLine(line: InboundLineRow): z.infer<typeof InboundLine> {
  const { amountMinor, currency, explanation } = line;
  return {
    ordinal: Number(line.ordinal),
    line: Number(line.line),
    status: line.status,
    reference: line.reference,
    traceNumber: line.traceNumber,
    originalFile: line.originalFile,
    endToEndId: line.endToEndId,
    amount: amountMinor === null || currency === null ? null : wireMoney(amountMinor, currency),
    amountMinor: amountMinor === null ? null : amountMinor.toString(),
    side: line.side,
    bookedOn: line.bookedOn,
    code: line.code,
    reason: line.reason,
    state: line.state,
    outcome: line.outcome,
    explanation,
    explained: explanation === null ? null : EXPLANATIONS[explanation as Explanation],
    adjustment: line.adjustmentId,
    batch: line.batchFileId,
    batchLine: line.batchLine === null ? null : Number(line.batchLine),
    settledBy: line.settledBy,
  };
}

export function presentAlarm({ clientId, ...alarm }: AlarmRow): z.infer<typeof BatchAlarm> {
  return { ...alarm, client: clientId };
}
