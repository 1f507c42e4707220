/**
 * From a proposal to entries: chooses the accounts and writes the rule's movement.
 *
 * The decision table chooses the account only where an entry opens a balance. An entry that lowers
 * one posts to the account that holds it, oldest first, so a dispute that was reclassified half
 * way still clears account by account; several accounts make several entries.
 */
import { assert } from "../kernel/assert.ts";
import { maximum, minimum } from "../kernel/money.ts";
import { HOLDER } from "../rulebook/accounts.ts";
import type { EntrySide } from "../rulebook/accounts.ts";

import type { Deciding } from "./decide-context.ts";
import { factsOf } from "./decide-context.ts";
import type { Adjustment, DisputeBook, Entry, Processing, Proposal, Side } from "./dispute-book.ts";

/**
 * The entries of an adjustment's proposals, in their order; each sees what those before booked.
 * A principal that a second operation follows posts to the account that this one moves from.
 */
export function entriesFor(
  deciding: Deciding,
  adjustment: Adjustment,
  secondOperation: string | null = null,
): Entry[] {
  const entries: Entry[] = [];
  for (const proposal of adjustment.proposals) {
    entries.push(
      ...(proposal.reverses === null
        ? entriesOf(deciding, adjustment, proposal, { before: entries, secondOperation })
        : [undoing(deciding, adjustment, proposal.reverses, "reversal")]),
    );
  }
  return entries.map((entry) => onItsAccount(entry, adjustment));
}

/** Where another account of the holder's was found to be the active one, it posts to that. */
function onItsAccount(entry: Entry, { holderAccount }: Adjustment): Entry {
  if (holderAccount === null || entry.kind !== "original") return entry;
  const moved = (side: Side): Side =>
    side.collection.startsWith("accountHolder") ? { ...side, account: holderAccount } : side;
  return { ...entry, debit: moved(entry.debit), credit: moved(entry.credit) };
}

/** Contra entries of everything that the adjustment booked and nothing undid yet. */
export function contraEntries(deciding: Deciding, adjustment: Adjustment): Entry[] {
  return adjustment.entries
    .filter((entry) => entry.kind !== "contra")
    .map((entry) => undoing(deciding, adjustment, entry.id, "contra"));
}

/** A rule whose two sides are one collection: it moves a balance between two of its accounts. */
export function isSecondOperation(proposals: readonly Proposal[]): boolean {
  const [first] = proposals;
  if (first === undefined || first.reverses !== null) return false;
  return first.debitCollection === first.creditCollection;
}

/**
 * The proposals with what there is to move: a second operation moves at most what its principal
 * left standing on the account that it moves from, so that no account goes beyond zero.
 */
export function movable(
  deciding: Deciding,
  proposals: readonly Proposal[],
  principal: string | null,
): readonly Proposal[] {
  if (!isSecondOperation(proposals) || deciding.operation === "adjustManually") return proposals;
  return proposals
    .map((one) => ({
      ...one,
      amountMinor: minimum(one.amountMinor, standing(deciding, one, principal)),
    }))
    .filter((one) => one.amountMinor > 0n);
}

/** What a principal credited stands as a credit on the account debited next, and the reverse. */
function standing(deciding: Deciding, proposal: Proposal, principal: string | null): bigint {
  const { book } = deciding;
  const collection = proposal.debitCollection;
  const balances = holdings(book, collection, []);
  const balanceOf = (side: EntrySide): bigint =>
    balances.get(opened(deciding, proposal, side, collection, 0n).account) ?? 0n;
  const credited = book.adjustments
    .find((one) => one.id === principal)
    ?.entries.some((entry) => entry.credit.collection === collection);
  return maximum(0n, credited === true ? balanceOf("debit") : -balanceOf("credit"));
}

interface Segment {
  readonly account: string;
  readonly tranCode: string | null;
  readonly chosenBy: string | null;
  readonly amountMinor: bigint;
}

interface Beside {
  /** Entries of the same adjustment, booked just before. */
  readonly before: readonly Entry[];
  readonly secondOperation: string | null;
}

function entriesOf(
  deciding: Deciding,
  adjustment: Adjustment,
  proposal: Proposal,
  beside: Beside,
): Entry[] {
  const debits = segmentsOf(deciding, proposal, "debit", beside);
  const credits = segmentsOf(deciding, proposal, "credit", beside);
  return paired(debits, credits).map(([debit, credit, amountMinor]) => ({
    ...datesOf(deciding, adjustment),
    id: deciding.context.ids.nextEntry(),
    rule: proposal.rule,
    debit: { collection: proposal.debitCollection, account: debit.account },
    credit: { collection: proposal.creditCollection, account: credit.account },
    debitTranCode: debit.tranCode,
    creditTranCode: credit.tranCode,
    amountMinor,
    processing: adjustment.processing,
    kind: "original",
    undoes: null,
    chosenBy: [debit.chosenBy, credit.chosenBy].filter((one) => one !== null),
  }));
}

function segmentsOf(
  deciding: Deciding,
  proposal: Proposal,
  side: EntrySide,
  { before, secondOperation }: Beside,
): Segment[] {
  const { rule } = proposal;
  const collection = side === "debit" ? proposal.debitCollection : proposal.creditCollection;
  const follower = deciding.context.rulebook.rules.get(secondOperation ?? "");
  if (follower?.debit === collection) {
    return [movedFrom(deciding, proposal, side, follower.id)];
  }
  const segments: Segment[] = [];
  let left = proposal.amountMinor;
  if (proposal.debitCollection !== proposal.creditCollection) {
    for (const [account, balance] of holdings(deciding.book, collection, before)) {
      const held = side === "debit" ? balance : -balance;
      if (left === 0n || held <= 0n) continue;
      const amountMinor = minimum(left, held);
      segments.push({ ...followed(deciding, { account, side, collection, rule }), amountMinor });
      left -= amountMinor;
    }
  }
  if (left === 0n) return segments;
  const rest = opened(deciding, proposal, side, collection, left);
  // What goes beyond the balance of the same account is one entry with what closes it.
  const same = segments.findIndex((segment) => segment.account === rest.account);
  const [closing] = same === -1 ? [] : segments.splice(same, 1);
  return [...segments, { ...rest, amountMinor: left + (closing?.amountMinor ?? 0n) }];
}

/** Balances of a collection by account, oldest first; an account that stood at zero begins anew. */
function holdings(
  book: DisputeBook,
  collection: string,
  before: readonly Entry[],
): Map<string, bigint> {
  const balances = new Map<string, bigint>();
  const add = (account: string, amount: bigint): void => {
    const balance = (balances.get(account) ?? 0n) + amount;
    if (balance === 0n) balances.delete(account);
    else balances.set(account, balance);
  };
  const all = book.adjustments.flatMap((adjustment) => adjustment.entries);
  for (const entry of [...all, ...before]) {
    if (entry.debit.collection === collection) add(entry.debit.account, -entry.amountMinor);
    if (entry.credit.collection === collection) add(entry.credit.account, entry.amountMinor);
  }
  return balances;
}

function followed(deciding: Deciding, place: Place) {
  return { account: place.account, tranCode: tranCodeAt(deciding, place, null), chosenBy: null };
}

interface Place {
  readonly account: string;
  readonly side: EntrySide;
  readonly collection: string;
  readonly rule: string;
}

/**
 * Of an account that is posted to without asking the table for it. The holder's goes by its id in
 * the vault; the table says which of the holder's codes the collection has.
 */
function tranCodeAt(
  { book, context }: Deciding,
  { account, ...question }: Place,
  otherwise: string | null,
): string | null {
  const { accounts } = context.rulebook;
  if (account === book.holderAccount) {
    const choice = accounts.choose({ ...question, facts: factsOf(book, context) });
    return choice.account === HOLDER ? choice.tranCode : otherwise;
  }
  return accounts.chart.has(account) ? accounts.tranCodeOf(account, question.side) : otherwise;
}

/** Where a second operation is going to take the balance from: the other side of its pair. */
function movedFrom(
  deciding: Deciding,
  proposal: Proposal,
  side: EntrySide,
  secondOperation: string,
): Segment {
  const { book, context } = deciding;
  const collection = side === "debit" ? proposal.debitCollection : proposal.creditCollection;
  const choice = context.rulebook.accounts.choose({
    rule: secondOperation,
    side: side === "debit" ? "credit" : "debit",
    collection,
    facts: factsOf(book, context),
  });
  const place = { account: choice.account, side, collection, rule: proposal.rule };
  const { tranCode } = followed(deciding, place);
  return {
    account: choice.account,
    tranCode,
    chosenBy: `${choice.table}: ${choice.row}`,
    amountMinor: proposal.amountMinor,
  };
}

function opened(
  deciding: Deciding,
  proposal: Proposal,
  side: EntrySide,
  collection: string,
  amountMinor: bigint,
): Segment {
  const { book, context } = deciding;
  const choice = context.rulebook.accounts.choose({
    rule: proposal.rule,
    side,
    collection,
    facts: factsOf(book, context),
    secondOperations: context.settings.secondOperations,
  });
  return {
    account: choice.account === HOLDER ? book.holderAccount : choice.account,
    tranCode: choice.tranCode,
    chosenBy: `${choice.table}: ${choice.row}`,
    amountMinor,
  };
}

/** Lays the two sides beside each other and cuts where either changes its account. */
function paired(
  debits: readonly Segment[],
  credits: readonly Segment[],
): [Segment, Segment, bigint][] {
  const pairs: [Segment, Segment, bigint][] = [];
  let [d, c] = [0, 0];
  let [debitLeft, creditLeft] = [debits[0]?.amountMinor ?? 0n, credits[0]?.amountMinor ?? 0n];
  for (;;) {
    const [debit, credit] = [debits[d], credits[c]];
    if (debit === undefined || credit === undefined) return pairs;
    const amount = minimum(debitLeft, creditLeft);
    pairs.push([debit, credit, amount]);
    debitLeft -= amount;
    creditLeft -= amount;
    if (debitLeft === 0n) debitLeft = debits[++d]?.amountMinor ?? 0n;
    if (creditLeft === 0n) creditLeft = credits[++c]?.amountMinor ?? 0n;
  }
}

function undoing(
  deciding: Deciding,
  adjustment: Adjustment,
  entryId: string,
  kind: "contra" | "reversal",
): Entry {
  const original = entryById(deciding.book, entryId);
  const processing: Processing = kind === "contra" ? original.processing : adjustment.processing;
  const codeOf = (side: EntrySide, at: Entry["debit"], otherwise: string | null): string | null =>
    tranCodeAt(deciding, { ...at, side, rule: original.rule }, otherwise);
  return {
    ...datesOf(deciding, adjustment),
    id: deciding.context.ids.nextEntry(),
    rule: original.rule,
    debit: original.credit,
    credit: original.debit,
    debitTranCode: codeOf("debit", original.credit, original.creditTranCode),
    creditTranCode: codeOf("credit", original.debit, original.debitTranCode),
    amountMinor: original.amountMinor,
    processing,
    kind,
    undoes: original.id,
    chosenBy: [],
  };
}

export function entryById(book: DisputeBook, id: string): Entry {
  for (const adjustment of book.adjustments) {
    for (const entry of adjustment.entries) if (entry.id === id) return entry;
  }
  assert(false, `dispute ${book.id} has no entry ${id}`);
}

function datesOf(deciding: Deciding, adjustment: Adjustment) {
  return {
    eventDate: deciding.eventDate,
    plannedPostingDate: adjustment.plannedPostingDate,
    bookedOn: deciding.context.bookingDate?.(deciding.today) ?? deciding.today,
  };
}
