/**
 * A batch profile: everything about one destination of files, as data of the client's settings
 * (`batchProfiles.NAME`). The layout says how a file looks, the profile when it is cut, what it is
 * called, where it goes and what counts as done.
 */
import { z } from "zod";

import { INBOUND_FORMATS } from "../formats/read/document.ts";
import { isZone } from "../kernel/calendar.ts";
import { Failure } from "../kernel/failure.ts";
import { faultsOf } from "../kernel/field-faults.ts";

import { deliveryShape, openPgpShape } from "./delivery-shapes.ts";
import { pickUpShape } from "./pick-up-shapes.ts";

const HOURS_AND_MINUTES = /^([01][0-9]|2[0-3]):[0-5][0-9]$/;
const NAME = /^[A-Za-z][A-Za-z0-9-]{0,40}$/;
export const FILE_NAME_TOKENS = [
  "client",
  "profile",
  "sequence",
  "businessDate",
  "postingDate",
  "marker",
] as const;

const cutOffShape = z.strictObject({
  name: z.string().regex(NAME).default("endOfDay"),
  time: z.string().regex(HOURS_AND_MINUTES).describe("Local time, HH:mm"),
  zone: z
    .string()
    .refine(isZone, "is not an IANA time zone")
    .optional()
    .describe("IANA zone; the client's own if left out"),
  days: z
    .enum(["business", "every"])
    .default("business")
    .describe("Business days of the client's calendar, or every day"),
});

const triesShape = z.strictObject({
  maximum: z.int().min(1).max(50).default(5),
  minutesBetween: z
    .array(z.number().min(0))
    .min(1)
    .default([2, 13, 45, 120])
    .describe("The last one repeats; by default five tries in three hours"),
});

const returnFileShape = z.strictObject({
  format: z.enum(INBOUND_FORMATS),
  mapping: z.record(z.string(), z.unknown()).default({}).describe("Of csv and the like: columns"),
  sides: z
    .enum(["same", "opposite", "ignored"])
    .default("same")
    .describe("Does its debit mean our debit? A statement of our own account says the opposite"),
  pickUp: pickUpShape.optional(),
  deadlineMinutes: z
    .int()
    .min(1)
    .max(43_200)
    .optional()
    .describe("From the hand-over until an answer is overdue"),
  owner: z.string().min(1).max(60).default("operator").describe("Whom an alarm is for"),
});

export const profileShape = z.strictObject({
  layout: z
    .union([z.string().min(1), z.looseObject({ format: z.string() })])
    .describe("The name of a shipped layout, or a layout"),
  values: z
    .record(z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,40}$/), z.string().min(1).max(140))
    .default({})
    .describe("What the layout asks for as `value.NAME`: routing numbers, ids, names"),
  marker: z.enum(["TEST", "LIVE"]).describe("Stands in every file: is this real money?"),
  sender: z.string().min(1).max(60).optional().describe("The client's name if left out"),
  receiver: z.string().min(1).max(60).optional(),
  cutOffs: z
    .array(cutOffShape)
    .max(48)
    .default([{ name: "endOfDay", time: "18:00", days: "business" }])
    .refine(
      (cutOffs) => new Set(cutOffs.map((one) => one.name)).size === cutOffs.length,
      "two cut-offs have one name",
    ),
  postingDate: z
    .strictObject({ businessDaysAfter: z.int().min(0).max(10).default(0) })
    .default({ businessDaysAfter: 0 })
    .describe("The day a file posts, counted from its business date"),
  late: z
    .strictObject({
      afterMinutes: z.int().min(1).max(10_080).default(30),
      rule: z.enum(["makeUp", "skip"]).default("makeUp"),
    })
    .default({ afterMinutes: 30, rule: "makeUp" })
    .describe("When a window counts as missed, and whether it is made up or skipped"),
  emptyFile: z.enum(["skip", "send"]).default("skip"),
  currency: z.string().length(3).default("USD").describe("Of an empty file"),
  fileName: z
    .string()
    .regex(/^[A-Za-z0-9{][A-Za-z0-9{}:._-]*$/, "letters, digits, . _ - and {tokens} only")
    .refine((name) => name.includes("{sequence"), "{sequence} makes the name unique")
    .refine(knowsItsTokens, `tokens are ${FILE_NAME_TOKENS.join(", ")}, {sequence:6} fills up`)
    .default("{profile}-{businessDate}-{sequence}.txt"),
  delivery: deliveryShape,
  openpgp: openPgpShape
    .optional()
    .describe("Sealed for its recipients before it leaves, and signed"),
  basis: z
    .enum(["assumed", "onAcknowledgement"])
    .default("assumed")
    .describe("Executed when handed over, or only when acknowledged"),
  returnFile: returnFileShape.optional().describe("The answers that the destination sends"),
  statementTexts: z
    .record(z.string(), z.string().min(1).max(140))
    .default({})
    .describe("What the holder reads, per rule; the rule's name in words if left out"),
  maximumAdjustments: z.int().min(1).optional().describe("Per file; the rest goes into another"),
  maximumLines: z
    .int()
    .min(3)
    .optional()
    .describe("Per file, header, titles and trailer counted; the rest goes into another"),
  maximumBytes: z
    .int()
    .min(1024)
    .optional()
    .describe("Per file, before encryption; the rest goes into another"),
  tries: triesShape.default({ maximum: 5, minutesBetween: [2, 13, 45, 120] }),
  release: z
    .strictObject({ secondPerson: z.boolean().default(false) })
    .default({ secondPerson: false })
    .describe("A generated file waits for another person before it leaves"),
  regeneration: z
    .strictObject({ secondPerson: z.boolean().default(false) })
    .default({ secondPerson: false }),
});

export type CutOff = z.output<typeof cutOffShape>;
export type BatchProfile = z.output<typeof profileShape> & { readonly name: string };

const parsed = new WeakMap<object, BatchProfile>();

/** The client's profiles by name. Throws `configuration-invalid` with the places. */
export function batchProfiles(settings: {
  readonly batchProfiles?: Readonly<Record<string, unknown>> | undefined;
}): ReadonlyMap<string, BatchProfile> {
  const profiles = new Map<string, BatchProfile>();
  for (const [name, written] of Object.entries(settings.batchProfiles ?? {})) {
    profiles.set(name, parseProfile(name, written));
  }
  return profiles;
}

/** Throws `not-found` where the client has no such profile. */
export function batchProfile(
  settings: { readonly batchProfiles?: Readonly<Record<string, unknown>> | undefined },
  name: string,
): BatchProfile {
  const written = settings.batchProfiles?.[name];
  if (written === undefined) {
    throw new Failure("not-found", `no batch profile ${name}`, { profile: name });
  }
  return parseProfile(name, written);
}

function parseProfile(name: string, written: unknown): BatchProfile {
  const isObject = typeof written === "object" && written !== null;
  const known = isObject ? parsed.get(written) : undefined;
  if (known?.name === name) return known;
  const result = profileShape.safeParse(written);
  if (!result.success || !NAME.test(name)) {
    const faults = result.success ? [] : faultsOf(result.error, `/batchProfiles/${name}`);
    throw new Failure("configuration-invalid", `batch profile ${name}`, { profile: name }, faults);
  }
  const profile = { ...result.data, name };
  if (isObject) parsed.set(written, profile);
  return profile;
}

function knowsItsTokens(template: string): boolean {
  const tokens = template.match(/\{[^{}]*\}/g) ?? [];
  const known = new RegExp(`^\\{(${FILE_NAME_TOKENS.join("|")}|sequence:[1-9])\\}$`);
  return tokens.every((token) => known.test(token)) && !/[{}:]/.test(withoutTokens(template));
}

function withoutTokens(template: string): string {
  return template.replaceAll(/\{[^{}]*\}/g, "");
}

export type FileNameFacts = Readonly<Record<(typeof FILE_NAME_TOKENS)[number], string>>;

/** The name of a file. Account numbers can never be part of it. */
export function fileNameOf(template: string, facts: FileNameFacts): string {
  return template.replaceAll(/\{([a-zA-Z]+)(?::([1-9]))?\}/g, (_, token, width) =>
    facts[token as keyof FileNameFacts].padStart(Number(width ?? 0), "0"),
  );
}
