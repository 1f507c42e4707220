/**
 * What staff does with a dispute, as a list of steps with the open days between them: paid, denied
 * with a notice, denied and cancelled, debited before the date, withdrawn, written off, reopened.
 */
import type { SeededRandom } from "../seeded-random.ts";

/** What protects the holder, and which network the money went through. */
export interface CaseFacts {
  readonly regulation: "E" | "Z" | "none";
  readonly network: string;
  readonly newAccount: boolean;
  readonly writtenConfirmationDue: boolean;
  readonly exemption: "none" | "regulationT";
}

export interface Step {
  readonly operation: string;
  /** Open days after the step before it; of the first, after the case was opened. */
  readonly wait: number;
  readonly input?: Readonly<Record<string, unknown>>;
  /** Not before the day after the date in the last letter. */
  readonly afterDebit?: true;
  /** How many open days beyond the lawful date the letter names; the product's own where absent. */
  readonly grace?: number;
}

export interface Story {
  readonly name: string;
  readonly steps: Step[];
}

/** Operations that decide a dispute: from then on no credit is owed by a clock. */
export const DECIDING: ReadonlySet<string> = new Set([
  "denyDispute",
  "withdrawDispute",
  "payDispute",
  "writeOff",
]);

export interface StoryTerms {
  /** Open days until a credit is due; 0 where it is today or was before. */
  readonly daysLeft: number;
  /** Nobody issues the credit: a clock has to. */
  readonly isLeftToMachine: boolean;
}

export function storyFor(random: SeededRandom, facts: CaseFacts, terms: StoryTerms): Story {
  const owesNone = facts.exemption !== "none" || facts.writtenConfirmationDue;
  if (owesNone) return without(random);
  const isByMachine = terms.isLeftToMachine && facts.regulation === "E";
  const credit = isByMachine ? [] : [issue(random, terms.daysLeft)];
  // Where the machine issues it, staff decides well after its date.
  const lag = isByMachine ? terms.daysLeft + 1 : 0;
  const { name, steps } = drawStory(random);
  const [first, ...rest] = steps as [Step, ...Step[]];
  const later = { ...first, wait: first.wait + lag };
  return {
    name: isByMachine ? `${name}, credit by clock` : name,
    steps: [...credit, later, ...rest],
  };
}

/** Staff is early as a rule, and takes what is nearly due at once. */
function issue(random: SeededRandom, daysLeft: number): Step {
  const wait = daysLeft <= 4 ? 0 : random.below(daysLeft - 3);
  return { operation: "issueProvisionalCredit", wait };
}

function without(random: SeededRandom): Story {
  const deny: Step[] = [
    { operation: "denyDispute", wait: 3 + random.below(10), input: { debitOn: "now" } },
    { operation: "resolve", wait: 2, input: { decision: "deny" } },
  ];
  return { name: "denied without credit", steps: deny };
}

function drawStory(random: SeededRandom): Story {
  const kind = random.below(100);
  if (kind < 36) return { name: "paid from the merchant", steps: paid(random) };
  if (kind < 46) return { name: "written off", steps: writtenOff(random) };
  if (kind < 76) return { name: "denied with notice", steps: denied(random, []) };
  if (kind < 82) return { name: "denied, cancelled, written off", steps: cancelled(random) };
  if (kind < 87) return { name: "denied, debited before its date", steps: performed(random) };
  if (kind < 94) return { name: "withdrawn", steps: withdrawn(random) };
  return { name: "paid, reopened, paid", steps: [...paid(random), ...reopened()] };
}

function paid(random: SeededRandom): Step[] {
  return [
    { operation: "submitChargeback", wait: 1 + random.below(4) },
    { operation: "recordChargeback", wait: 2 + random.below(8), input: { stage: "first" } },
    { operation: "resolve", wait: 2, input: { decision: "pay" } },
  ];
}

function reopened(): Step[] {
  return [
    { operation: "reopen", wait: 3, input: { reason: "the holder sent more" } },
    { operation: "resolve", wait: 2, input: { decision: "pay" } },
  ];
}

function writtenOff(random: SeededRandom): Step[] {
  return [
    { operation: "writeOff", wait: 2 + random.below(8) },
    { operation: "resolve", wait: 2, input: { decision: "writeOff" } },
  ];
}

/** Planned for the day of the notice, one in five with the offset account meanwhile. */
function deny(random: SeededRandom): Step {
  const debitOn = random.once(5) ? "offset" : "noticeDate";
  return {
    operation: "denyDispute",
    wait: 1 + random.below(9),
    input: { debitOn, reason: "no error" },
  };
}

/** The letter leaves the same day or later, with a date of its own or the earliest lawful one. */
function notice(random: SeededRandom): Step {
  const wait = random.below(4);
  const grace = random.once(3) ? { grace: random.below(6) } : {};
  return { operation: "recordNoticeSent", wait, ...grace };
}

function denied(random: SeededRandom, between: readonly Step[]): Step[] {
  const again: Step[] = random.once(5)
    ? [{ operation: "recordNoticeSent", wait: 1 + random.below(3), grace: random.below(3) }]
    : [];
  return [
    deny(random),
    notice(random),
    ...again,
    ...between,
    { operation: "resolve", wait: 1, input: { decision: "deny" }, afterDebit: true },
  ];
}

function cancelled(random: SeededRandom): Step[] {
  return [
    deny(random),
    notice(random),
    { operation: "cancelDenial", wait: 1 + random.below(3), input: { reason: "new evidence" } },
    ...writtenOff(random),
  ];
}

function performed(random: SeededRandom): Step[] {
  const perform: Step = { operation: "performDebit", wait: 1, input: { reason: "agreed" } };
  return denied(random, [perform]);
}

function withdrawn(random: SeededRandom): Step[] {
  return [
    { operation: "withdrawDispute", wait: 1 + random.below(6), input: { debitOn: "now" } },
    { operation: "resolve", wait: 3, input: { decision: "deny" } },
  ];
}
