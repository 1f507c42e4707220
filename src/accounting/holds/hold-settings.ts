/**
 * The holds that a client switches on, as data of its settings: which movements each one holds, who
 * is asked, how often, for how many days, and what becomes of it when the days are used up. A hold
 * that is left out is off.
 */
import { z } from "zod";

const cell = z.union([z.string(), z.boolean(), z.int()]);

const whenShape = z
  .record(z.string(), cell)
  .default({})
  .describe("Fact → cell, as in a decision table; all of them have to fit. Empty: always");

const daysShape = {
  days: z.int().min(0).max(365).describe("Days after which its own time is used up"),
  countedIn: z.enum(["businessDays", "calendarDays"]).default("businessDays"),
};

const atRegulatoryDate = z
  .enum(["manual", "post"])
  .describe("What becomes of it when a date of the law comes first");

const lookUpShape = {
  when: whenShape,
  /** Name in `lookUps`; null: a person or a system of the institution is waited for. */
  service: z.string().min(1).nullable().default(null),
  retries: z.int().min(0).max(100).default(3).describe("Calls after the first one"),
  spacingMinutes: z
    .array(z.number().min(0).max(43_200))
    .min(1)
    .default([5, 60, 240])
    .describe("Waits between calls; the last one repeats"),
};

export const holdSettingsShape = z.strictObject({
  activeCardNumber: z
    .strictObject({
      ...lookUpShape,
      ...daysShape,
      days: daysShape.days.default(1),
      atRegulatoryDate: atRegulatoryDate.default("manual"),
    })
    .optional()
    .describe("Determine Active Card Number: before a movement on the holder's account"),
  fraudCardStatus: z
    .strictObject({
      ...lookUpShape,
      ...daysShape,
      days: daysShape.days.default(5),
      good: z.array(z.string().min(1)).min(1).describe("Statuses with which it goes on"),
      bad: z
        .array(z.string().min(1))
        .default([])
        .describe("Statuses with which asking again is no use: a person looks at once"),
      atRegulatoryDate: atRegulatoryDate.default("manual"),
    })
    .optional()
    .describe("Determine Fraud Card Status: before a second operation"),
  newAccountDelay: z
    .strictObject({
      when: whenShape,
      ...daysShape,
      atRegulatoryDate: atRegulatoryDate.default("post"),
    })
    .optional()
    .describe("Credits wait until so many days after firstDepositOn"),
  custom: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-zA-Z][a-zA-Z0-9-]{0,40}$/, "is a name of letters and digits"),
        label: z.string().min(1).max(140),
        when: whenShape,
        until: z
          .record(z.string(), cell)
          .optional()
          .describe("Released as soon as all of these fit; left out: by time or by a person"),
        movements: z
          .enum(["all", "holderCredits", "holderDebits", "secondOperations"])
          .default("all"),
        ...daysShape,
        atDeadline: z.enum(["review", "post", "manual"]).default("review"),
        atRegulatoryDate: atRegulatoryDate.default("post"),
      }),
    )
    .max(20)
    .default([])
    .describe("The institution's own holds, in the order in which they are asked"),
  regulatoryLeadBusinessDays: z
    .int()
    .min(0)
    .max(10)
    .default(1)
    .describe("How long before a date of the law a hold ends, so that the posting meets it"),
});

export type HoldSettings = z.output<typeof holdSettingsShape>;

/** A condition over facts as it is written: fact → cell. */
export type WrittenCondition = Readonly<Record<string, string | boolean | number>>;
