/** How an answer reads, as data: where its values stand, and what each means by the rows. */
import { z } from "zod";

/** `body.result.id`, `body.lines.0.amount`, `body.answer.@outcome`, `header.x-reference`. */
export const sourceShape = z.string().regex(/^(body|header)(\.[^.\s]+)+$/, "body.… or header.…");

const oneOrMore = <Shape extends z.ZodType>(shape: Shape) =>
  z.union([shape, z.array(shape).min(1)]);

/** Of one value: what stands for each of a list has none. */
export const placeShape = sourceShape.refine(
  (place) => !place.split(".").includes("*"),
  "`*` stands in codes and in conditions alone",
);

/** One place, or several: the first where something stands. */
const placesShape = oneOrMore(placeShape);

export const answerShape = z.strictObject({
  code: placesShape.optional(),
  codes: sourceShape
    .optional()
    .describe("All codes of an answer that names several: `*` stands for each of a list"),
  message: placesShape.optional(),
  reference: placesShape
    .optional()
    .describe("Of the posting; mapped, a posting without it is none"),
  postingDate: placesShape.optional(),
  dateIn: z
    .enum(["ymd", "dmy", "mdy"])
    .optional()
    .describe("The order of a date's parts; year, month, day where left out"),
  amount: placesShape.optional(),
  amountIn: z
    .enum(["decimal", "decimalComma", "minor"])
    .default("decimal")
    .describe("decimalComma: 1.234,50"),
  currency: placesShape.optional(),
  debitAccount: placesShape.optional(),
  creditAccount: placesShape.optional(),
});

/** What of another call's answer differs: what is left out stays as it is there. */
export const otherAnswerShape = answerShape
  .extend({ amountIn: answerShape.shape.amountIn.unwrap() })
  .partial();

const statusShape = z.union([z.int().min(100).max(599), z.string().regex(/^[1-5]xx$/)]);

const whenShape = z.strictObject({
  status: oneOrMore(statusShape).optional(),
  code: oneOrMore(z.string()).optional(),
  header: z.record(z.string(), z.string()).optional(),
  body: z.record(sourceShape, z.string()).optional(),
  empty: z
    .string()
    .regex(/^body(\.[^.\s]+)*$/, "body or body.…")
    .optional()
    .describe("A list without items, or an element without content"),
});

export const POSTING_OUTCOMES = [
  "posted",
  "alreadyPosted",
  "refused",
  "refusedOverridable",
  "notProcessed",
  "unknown",
] as const;

export const LOOK_UP_OUTCOMES = ["posted", "notFound", "refused", "unknown"] as const;

/** Of a call that only runs the core's checks; nothing is written whatever it says. */
const VALIDATE_OUTCOMES = ["wouldPost", "refused", "refusedOverridable", "unknown"] as const;

const parkedShape = z
  .boolean()
  .optional()
  .describe("Posted, but to the core's own suspense, because the account is closed");

export const rowShape = z.strictObject({
  when: whenShape,
  outcome: z.enum(POSTING_OUTCOMES),
  reason: z.string().min(1).optional().describe("Shown to people instead of the core's message"),
  parked: parkedShape,
});

export const lookUpRowShape = z.strictObject({
  when: whenShape,
  outcome: z.enum(LOOK_UP_OUTCOMES),
  parked: parkedShape,
});

export const validateRowShape = z.strictObject({
  when: whenShape,
  outcome: z.enum(VALIDATE_OUTCOMES),
  reason: z.string().min(1).optional(),
});

export type AnswerMapping = z.output<typeof answerShape>;
export type OutcomeCondition = z.output<typeof whenShape>;
export type PostingOutcome = (typeof POSTING_OUTCOMES)[number];
export type LookUpOutcome = (typeof LOOK_UP_OUTCOMES)[number];
export type ValidateOutcome = (typeof VALIDATE_OUTCOMES)[number];
