/**
 * What an institution chooses for itself, beside its rule book: calendar, second operations,
 * combination, holds, routes. Stored as JSON with the client; unknown keys are refused.
 */
import { z } from "zod";

import { faultsOf, refused } from "../kernel/field-faults.ts";
import { WEEKDAYS } from "../kernel/holidays.ts";
import { approvalTier } from "../work/approvals/tiers.ts";
import { slaSettingsShape } from "../work/sla.ts";

import { holdSettingsShape } from "./holds/hold-settings.ts";

/** Kinds of evidence that are known: told by their bytes, and nothing that could run. */
export const EVIDENCE_TYPES = [
  "application/pdf",
  "image/png",
  "image/jpeg",
  "image/tiff",
  "text/plain",
] as const;

export const MOST_EVIDENCE_BYTES = 20_000_000;

const weekday = z.enum(WEEKDAYS);

export const clientSettingsShape = z.strictObject({
  rulebook: z.string().default("standard").describe("The id of the rule book"),
  calendar: z
    .strictObject({
      holidays: z.string().default("federal-reserve"),
      zone: z.string().default("America/New_York"),
      closedWeekdays: z.array(weekday).optional(),
      closedDays: z.array(z.iso.date()).optional(),
      openDays: z.array(z.iso.date()).optional(),
    })
    .prefault({}),
  /** First month of the fiscal year, 1 to 12. */
  fiscalYearStartsIn: z.int().min(1).max(12).default(1),
  secondOperations: z.boolean().default(false),
  /** Entries of one operation on one holder account in one adjustment: one line on a statement. */
  combine: z.boolean().default(true),
  /** Services and profiles that work per entry: nothing is combined for them. */
  perEntry: z.array(z.string()).default([]),
  /** Rules that somebody else executes for this client: they are tracked only. */
  tracked: z.array(z.string()).default([]),
  /** When a withdrawal's debit posts, unless the operation says. */
  withdrawDebitOn: z.enum(["now", "noticeDate", "offset"]).default("now"),
  /** Reg Z: days from the notice in which a final credit may still be denied. */
  finalityDays: z.int().min(0).default(90),
  /** By operation, or by the kind of what is approved: from which amount whose word it takes. */
  approvals: z.record(z.string(), z.array(approvalTier).max(20)).default({}),
  /** The manual route: what a person shows for a posting made elsewhere. */
  manual: z
    .strictObject({
      evidence: z
        .strictObject({
          required: z.boolean().default(false),
          types: z
            .array(z.enum(EVIDENCE_TYPES))
            .min(1)
            .default([...EVIDENCE_TYPES]),
          maximumBytes: z.int().min(1).max(MOST_EVIDENCE_BYTES).default(5_000_000),
          maximumFiles: z.int().min(1).max(20).default(10),
        })
        .prefault({}),
    })
    .prefault({}),
  clocks: z
    .strictObject({
      countsDayOfReceipt: z
        .boolean()
        .default(false)
        .describe("The day of receipt is day 1 of a regulatory clock; usually it is not counted"),
      disabled: z
        .array(z.string())
        .default([])
        .describe("Clocks that this client does not keep here, e.g. of letters sent elsewhere"),
      automaticProvisionalCredit: z
        .boolean()
        .default(false)
        .describe("Redress issues a provisional credit that nobody issued in time"),
      automaticFinalCredit: z
        .boolean()
        .default(false)
        .describe("Redress pays a dispute that nobody decided in time"),
      manualLeadBusinessDays: z
        .int()
        .min(0)
        .max(20)
        .default(2)
        .describe("How long a person takes to post by hand, counted on when crediting by itself"),
      marginBusinessDays: z
        .int()
        .min(0)
        .max(20)
        .default(0)
        .describe("How long before its day a credit is to post"),
    })
    .prefault({}),
  holds: holdSettingsShape.prefault({}),
  /** Where holds ask for a card's number or status; read by the service room. */
  lookUps: z.record(z.string(), z.unknown()).default({}),
  /** Type of assignment → how its goal, deadline and passed deadline differ from the shipped. */
  slas: slaSettingsShape.default({}),
  /** How feeds of the system of record are compared with our movements. */
  reconciliation: z
    .strictObject({
      /** Days by which a posting there and the day stated here may differ. */
      toleranceDays: z.int().min(0).max(10).default(0),
      /** The mapping of a CSV feed, as of a return file's. */
      csv: z.record(z.string(), z.unknown()).default({ records: null, status: "posted" }),
    })
    .prefault({}),
  services: z.record(z.string(), z.unknown()).default({}),
  batchProfiles: z.record(z.string(), z.unknown()).default({}),
  /** Which service and profile the shipped route table names; the first where left out. */
  service: z.string().optional(),
  batchProfile: z.string().optional(),
});

export type ClientSettings = z.infer<typeof clientSettingsShape>;

/** Reads stored settings. Throws `configuration-invalid` naming each setting that does not fit. */
export function clientSettings(value: unknown): ClientSettings {
  const result = clientSettingsShape.safeParse(value);
  if (result.success) return result.data;
  throw refused("configuration-invalid", faultsOf(result.error));
}
