/** What happens to the sample's disputes: ordinary cases of a card program, day by day. */
import type { SeededRandom } from "../../rehearsal/seeded-random.ts";

export interface StoryStep {
  /** Days after the claim came in. */
  readonly day: number;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface Story {
  readonly name: string;
  /** How often it happens, relative to the others. */
  readonly weight: number;
  readonly facts: Readonly<Record<string, unknown>>;
  steps(amount: string, reference: (what: string) => string): readonly StoryStep[];
}

/** As an input: the day on which the step happens. */
export const TODAY = "today";

const step = (day: number, operation: string, input: Record<string, unknown> = {}): StoryStep => ({
  day,
  operation,
  input,
});

/** What the institution's people write down about a letter, on the day they do it. */
const told = (day: number): StoryStep =>
  step(day, "recordRegulatoryFact", { fact: "provisionalCreditNoticeSentOn", value: TODAY });
const reported = (day: number): StoryStep =>
  step(day, "recordRegulatoryFact", { fact: "resultsReportedOn", value: TODAY });

const KNOWN = { newAccount: false, outOfState: false };
const VISA = { ...KNOWN, network: "visa", product: "debit", regulation: "E", pointOfSale: true };
const MASTERCARD = {
  ...KNOWN,
  network: "mastercard",
  product: "debit",
  regulation: "E",
  pointOfSale: false,
};
const CREDIT = { network: "visa", product: "credit", regulation: "Z" };

export const STORIES: readonly Story[] = [
  {
    name: "credited, charged back, paid",
    weight: 6,
    facts: VISA,
    steps: (amount, reference) => [
      step(0, "issueProvisionalCredit"),
      told(1),
      step(3, "recordChargeback", { amount, reference: reference("arn") }),
      step(12, "payDispute"),
      reported(13),
      step(16, "resolve", { decision: "pay" }),
    ],
  },
  {
    name: "a fee given back with the credit",
    weight: 3,
    facts: MASTERCARD,
    steps: (amount, reference) => [
      step(1, "issueProvisionalCredit", { fees: "35.00", interest: "0.42" }),
      step(5, "recordChargeback", { amount, reference: reference("arn") }),
      step(9, "payDispute"),
      reported(15),
    ],
  },
  {
    name: "denied on notice",
    weight: 4,
    facts: VISA,
    steps: () => [
      step(0, "issueProvisionalCredit"),
      told(2),
      step(6, "denyDispute", { reason: "the holder took part in the purchase" }),
      step(7, "recordNoticeSent"),
      reported(7),
    ],
  },
  {
    name: "denied on notice, the letter not sent yet",
    weight: 1,
    facts: VISA,
    steps: () => [step(0, "issueProvisionalCredit"), step(4, "denyDispute")],
  },
  {
    name: "small, paid from loss",
    weight: 3,
    facts: { ...VISA, fraud: true },
    steps: () => [step(0, "payFromLoss"), step(4, "resolve", { decision: "writeOff" })],
  },
  {
    name: "written off",
    weight: 2,
    facts: { ...VISA, fraud: true },
    steps: () => [
      step(0, "issueProvisionalCredit"),
      step(8, "writeOff"),
      step(14, "resolve", { decision: "writeOff" }),
    ],
  },
  {
    name: "withdrawn",
    weight: 2,
    facts: MASTERCARD,
    steps: () => [
      step(0, "issueProvisionalCredit"),
      step(5, "withdrawDispute"),
      step(11, "resolve", { decision: "deny" }),
    ],
  },
  {
    name: "the merchant refunds",
    weight: 2,
    facts: VISA,
    steps: (amount, reference) => [
      step(0, "issueProvisionalCredit"),
      step(4, "recordMerchantCredit", { amount, reference: reference("refund") }),
      step(6, "takeBackDuplicateCredit"),
      step(9, "denyDispute", { reason: "merchantIssuedCredit" }),
    ],
  },
  {
    name: "represented",
    weight: 2,
    facts: CREDIT,
    steps: (amount, reference) => [
      step(2, "issueProvisionalCredit"),
      step(4, "recordChargeback", { amount, reference: reference("arn") }),
      step(13, "recordRepresentment", { amount, reference: reference("rep") }),
    ],
  },
  {
    name: "an ACH debit returned",
    weight: 2,
    facts: { network: "none", product: "checking", regulation: "E", claimType: "ACH" },
    steps: (amount, reference) => [
      step(0, "issueProvisionalCredit"),
      step(2, "recordReturn", { kind: "ach", amount, reference: reference("trace") }),
      step(8, "payDispute"),
      step(10, "resolve", { decision: "pay" }),
    ],
  },
  {
    name: "corrected by hand",
    weight: 1,
    facts: VISA,
    steps: () => [
      step(0, "issueProvisionalCredit"),
      step(3, "adjustManually", { rule: "CoreFee", amount: "30.00", reason: "found in the core" }),
    ],
  },
  {
    name: "fraud, the card is blocked: held before it is booked",
    weight: 2,
    facts: { ...VISA, fraud: true, cardBlocked: true },
    steps: () => [step(0, "issueProvisionalCredit")],
  },
  {
    name: "denied and debited now, with the honoring window",
    weight: 1,
    facts: VISA,
    steps: () => [
      step(0, "issueProvisionalCredit"),
      step(9, "denyDispute", { debitOn: "now", reason: "the holder took part in the purchase" }),
    ],
  },
  { name: "only just come in", weight: 2, facts: VISA, steps: () => [] },
];

export function pickStory(random: SeededRandom): Story {
  const total = STORIES.reduce((sum, story) => sum + story.weight, 0);
  let left = random.below(total);
  for (const story of STORIES) {
    left -= story.weight;
    if (left < 0) return story;
  }
  return STORIES[0] as Story;
}
