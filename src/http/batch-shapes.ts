/** Batch profiles and files as the outside sees them. */
import { z } from "zod";

import { FILE_STATES } from "../batch/file-machine.ts";
import type { WrittenFile } from "../batch/writing/files-order.ts";
import type { GenerationPreview } from "../batch/generate-all.ts";
import type { Generated } from "../batch/generate.ts";
import type { StatementRow } from "../batch/state-fate.ts";
import type { FileRow } from "../batch/views.ts";
import { PROBES } from "../batch/transmit/destination.ts";
import { wireMoney } from "../kernel/money.ts";

import { Money } from "./shapes.ts";

const Side = z.object({ count: z.int(), amount: Money });

export const Totals = z
  .object({
    adjustments: z.int(),
    details: z.int(),
    lines: z.int().describe("All lines of the file"),
    debits: Side,
    credits: Side,
    hashTotal: z.string(),
  })
  .meta({ id: "BatchTotals" });

export const BatchFile = z
  .object({
    id: z.string(),
    client: z.string(),
    profile: z.string(),
    sequence: z.int(),
    state: z.enum(FILE_STATES),
    marker: z.enum(["TEST", "LIVE"]),
    fileName: z.string(),
    postingDate: z.string(),
    sha256: z.string(),
    sizeBytes: z.int(),
    totals: Totals,
    supersedes: z.string().nullable(),
    supersededBy: z.string().nullable(),
    transmission: z.int().describe("Which sending this is, from 1"),
    attempts: z.int(),
    dueAt: z.string().nullable().describe("When it is sent, or tried again"),
    release: z
      .enum(["free", "waiting", "approved", "declined"])
      .describe("Whether another person has to agree before it leaves, and did"),
    problem: z.string().nullable(),
    voided: z
      .object({
        statement: z.string(),
        reason: z.string().nullable(),
        by: z.string().nullable(),
        secondedBy: z.string().nullable(),
      })
      .nullable(),
    createdBy: z.string(),
    createdAt: z.string(),
    handedOverAt: z.string().nullable(),
    acknowledgedAt: z.string().nullable(),
    version: z.int(),
  })
  .meta({ id: "BatchFile" });

export const DestinationTest = z
  .object({
    outcome: z.enum(["ok", "warning", "failed"]),
    steps: z.array(
      z.object({
        name: z.enum(PROBES),
        outcome: z.enum(["ok", "failed", "skipped", "warning"]),
        detail: z.string(),
        advice: z.string().nullable().describe("What to do"),
        milliseconds: z.int(),
      }),
    ),
  })
  .meta({ id: "DestinationTest" });

export const Pending = z.object({ count: z.int(), amount: Money });

export const BatchProfile = z
  .object({
    client: z.string(),
    name: z.string(),
    marker: z.enum(["TEST", "LIVE"]),
    delivery: z.string(),
    basis: z.string(),
    cutOffs: z.array(z.object({ name: z.string(), time: z.string() })),
    nextCutOffAt: z.string().nullable(),
    nextPostingDate: z.string(),
    nextSequence: z.int(),
    pending: z.array(Pending).describe("What would leave now, by currency"),
    waiting: z.array(Pending).describe("What stays because its posting day has not come"),
    problem: z.string().nullable().describe("Why nothing can be generated"),
    returnFormat: z.string().nullable().describe("Of the answers it reads; null reads none"),
    returnMostBytes: z.int().nullable().describe("How long such an answer may be"),
  })
  .meta({ id: "BatchProfile" });

export const GeneratedFile = z.object({
  id: z.string(),
  sequence: z.int(),
  fileName: z.string(),
  sha256: z.string(),
  sizeBytes: z.int(),
  totals: Totals,
});

export const Generation = z
  .object({
    client: z.string(),
    profile: z.string(),
    state: z.enum(["cut", "skipped", "already"]),
    businessDate: z.string(),
    postingDate: z.string(),
    files: z.array(GeneratedFile),
    refused: z.int().describe("Adjustments that did not fit the layout"),
  })
  .meta({ id: "Generation" });

export const BatchStatement = z
  .object({
    id: z.string(),
    client: z.string(),
    batch: z.string(),
    statement: z.string().describe("What became of the file"),
    reason: z.string(),
    by: z.string(),
    recordedAt: z.string(),
    state: z.enum(["waiting", "seconded", "declined"]),
    settledBy: z.string().nullable(),
    difference: z
      .array(z.object({ fate: z.string(), count: z.int(), amount: Money }))
      .describe("What it would do, as it was shown"),
  })
  .meta({ id: "BatchStatement" });

export function presentStatement(
  row: StatementRow,
  currency: string,
): z.infer<typeof BatchStatement> {
  return {
    id: row.id,
    client: row.clientId,
    batch: row.fileId,
    statement: row.statement,
    reason: row.reason,
    by: row.actor,
    recordedAt: row.recordedAt,
    state: row.state,
    settledBy: row.settledBy,
    difference: row.difference.map(({ fate, count, amountMinor }) => ({
      fate,
      ...side(BigInt(count), BigInt(amountMinor), currency),
    })),
  };
}

export function presentFile(file: FileRow): z.infer<typeof BatchFile> {
  const { voidStatement, voidReason, voidedBy, voidSecondedBy } = file;
  return {
    id: file.id,
    client: file.clientId,
    profile: file.profile,
    sequence: Number(file.sequence),
    state: file.state,
    marker: file.marker,
    fileName: file.fileName,
    postingDate: file.postingDate,
    sha256: file.sha256.toString("hex"),
    sizeBytes: Number(file.sizeBytes),
    totals: {
      adjustments: Number(file.adjustmentCount),
      details: Number(file.detailCount),
      lines: Number(file.lineCount),
      debits: side(file.debitCount, BigInt(file.debitMinor), file.currency),
      credits: side(file.creditCount, BigInt(file.creditMinor), file.currency),
      hashTotal: file.hashTotal.toString(),
    },
    supersedes: file.supersedesId,
    supersededBy: file.supersededById,
    transmission: file.transmission,
    attempts: file.attempts,
    dueAt: file.dueAt,
    release: file.release,
    problem: file.problem,
    voided:
      voidStatement === null
        ? null
        : {
            statement: voidStatement,
            reason: voidReason,
            by: voidedBy,
            secondedBy: voidSecondedBy,
          },
    createdBy: file.createdBy,
    createdAt: file.createdAt,
    handedOverAt: file.handedOverAt,
    acknowledgedAt: file.acknowledgedAt,
    version: file.version,
  };
}

export function presentWritten(file: WrittenFile): z.infer<typeof GeneratedFile> {
  const { totals, currency } = file;
  return {
    id: file.id,
    sequence: Number(file.sequence),
    fileName: file.fileName,
    sha256: file.sha256,
    sizeBytes: file.sizeBytes,
    totals: {
      adjustments: totals.adjustmentCount,
      details: totals.detailCount,
      lines: totals.lineCount,
      debits: side(totals.debitCount, totals.debitMinor, currency),
      credits: side(totals.creditCount, totals.creditMinor, currency),
      hashTotal: totals.hashTotal.toString(),
    },
  };
}

export function presentGenerated(one: Generated): z.infer<typeof Generation> {
  return {
    client: one.clientId,
    profile: one.profile,
    state: one.state,
    businessDate: one.businessDate,
    postingDate: one.postingDate,
    files: one.files.map(presentWritten),
    refused: one.refused,
  };
}

export function side(count: bigint | number, minor: bigint, currency: string) {
  return { count: Number(count), amount: wireMoney(minor, currency) };
}

export function sums(rows: GenerationPreview["leaves"]): z.infer<typeof Pending>[] {
  return rows.map((sum) => side(sum.count, BigInt(sum.amountMinor), sum.currency));
}

/** What a generation would do, profile by profile. */
export const GenerationPreviewShape = z.object({
  client: z.string(),
  profile: z.string(),
  businessDate: z.string(),
  postingDate: z.string(),
  nextSequence: z.int(),
  leaves: z.array(Pending),
  stays: z.array(Pending),
  files: z.int().describe("How many it would make"),
  filesAtLeast: z.boolean().describe("Lines or bytes of a file are limited: there may be more"),
  emptyFile: z.boolean().describe("Nothing is pending, and the profile sends a file all the same"),
});

export function presentPreview(one: GenerationPreview): z.infer<typeof GenerationPreviewShape> {
  return {
    client: one.clientId,
    profile: one.profile,
    businessDate: one.businessDate,
    postingDate: one.postingDate,
    nextSequence: Number(one.nextSequence),
    leaves: sums(one.leaves),
    stays: sums(one.stays),
    files: one.expected.files,
    filesAtLeast: one.expected.isAtLeast,
    emptyFile: one.expected.isEmpty,
  };
}
