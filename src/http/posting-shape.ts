/** The details a person posts from, as the API shows them. */
import { z } from "zod";

import type { PostingDetails as Details } from "../manual/posting-details.ts";

import { Money } from "./shapes.ts";

const Side = z.object({
  step: z.string(),
  collection: z.string(),
  account: z.string(),
  accountNumber: z.string().nullable().describe("Masked where it is the holder's"),
  accountName: z.string().nullable(),
  revealable: z.boolean(),
  tranCode: z.string().nullable(),
  isPosted: z
    .boolean()
    .describe("Where a service posts sides one by one, this one; else the entry"),
});

export const PostingDetails = z
  .object({
    adjustment: z.string(),
    claim: z.string(),
    dispute: z.string(),
    state: z.string(),
    amount: Money,
    isMoneyless: z.boolean(),
    eventDate: z.string(),
    plannedPostingDate: z.string(),
    statementText: z.string(),
    originalReference: z.string().nullable(),
    why: z.object({
      operation: z.string(),
      askedBy: z.string(),
      at: z.string(),
      rulebook: z.string(),
      route: z.string().nullable(),
      routeChosenBy: z.string().nullable(),
      reason: z.string().nullable(),
    }),
    entries: z.array(
      z.object({
        id: z.string(),
        rule: z.string(),
        label: z.string(),
        meaning: z.string().nullable(),
        amount: Money,
        debit: Side,
        credit: Side,
        isExecuted: z.boolean(),
        chosenBy: z.array(z.string()),
      }),
    ),
    attestations: z.array(
      z.object({
        reference: z.string(),
        postingDate: z.string(),
        note: z.string().nullable(),
        actor: z.string(),
        recordedAt: z.string(),
      }),
    ),
  })
  .meta({ id: "PostingDetails" });

export function presentDetails(details: Details): z.infer<typeof PostingDetails> {
  return {
    ...details,
    why: { ...details.why },
    entries: details.entries.map((entry) => ({
      ...entry,
      debit: { ...entry.debit },
      credit: { ...entry.credit },
      chosenBy: [...entry.chosenBy],
    })),
    attestations: details.attestations.map((one) => ({ ...one })),
  };
}
