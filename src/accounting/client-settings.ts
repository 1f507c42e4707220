/**
 * What one client decides for itself: zone and calendar, second operations, combination, tracking,
 * debit dates, routes. Stored as `client.settings`; everything has a default.
 */
import { z } from "zod";

const text = z.string().min(1).max(100);

export const clientSettingsSchema = z.strictObject({
  /** IANA zone: what date an instant has for this client. */
  zone: text.default("America/New_York"),
  calendar: z
    .strictObject({
      holidays: text.default("federal-reserve"),
      closedWeekdays: z
        .array(
          z.enum(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]),
        )
        .optional(),
      closedDays: z.array(z.iso.date()).default([]),
      openDays: z.array(z.iso.date()).default([]),
    })
    .prefault({}),
  /** First month of the fiscal year, 1 to 12: decides reversal or recovery of a write-off. */
  fiscalYearStartsInMonth: z.int().min(1).max(12).default(1),
  secondOperations: z.boolean().default(false),
  /** One credit on the statement for the entries of one operation. */
  combine: z.boolean().default(true),
  /** Services and profiles that work per entry: there nothing is combined. */
  perEntryDestinations: z.array(text).default([]),
  /** Rules whose processing differs from the rule book's. */
  processing: z.record(z.string(), z.enum(["execute", "track"])).default({}),
  withdrawDebitOn: z.enum(["now", "noticeDate", "offset"]).default("now"),
  /** How a denial under Regulation E is debited; others: now. */
  denyDebitOnUnderRegulationE: z.enum(["now", "noticeDate", "offset"]).default("noticeDate"),
  /** Business days after the notice is sent before the debit: Regulation E says five or more. */
  noticeBusinessDays: z.int().min(5).max(60).default(5),
  /** Days after the notice of error in which Regulation Z lets a final credit be denied. */
  finalityDays: z.int().min(0).max(90).default(90),
  routes: z
    .strictObject({
      /** The real-time service that applies, by name. */
      service: text.nullable().default(null),
      /** The batch profile that applies, by name. */
      batchProfile: text.nullable().default(null),
    })
    .prefault({}),
});

export type ClientSettings = z.output<typeof clientSettingsSchema>;

export const DEFAULT_SETTINGS: ClientSettings = clientSettingsSchema.parse({});
