/**
 * Takes in claims with their disputes, as a set: facts, account numbers into the vault, and an
 * open book for every dispute. The same key again is the same claim; with another body refused.
 */
import type { AccountVault } from "../access/vault.ts";
import { ACCOUNT_NUMBER } from "../access/vault.ts";
import type { NewClaim, NewDispute } from "../cases/store.ts";
import { insertClaims, insertDisputes, reserveOrdinals, takeOrdinals } from "../cases/store.ts";
import { claimsByKey, takenNumbers } from "../cases/views.ts";
import type { Transaction } from "../database/database.ts";
import { Failure } from "../kernel/failure.ts";
import { refuseCardNumbersIn } from "../kernel/fit-text.ts";
import { caseNumber } from "../kernel/ids.ts";
import { parsePositiveAmount } from "../kernel/money.ts";
import { isDate } from "../rulebook/facts.ts";

import { bodyHash, sameHash } from "./body-hash.ts";
import type { ClientRuntime, Engine } from "./engine.ts";
import { openBooks } from "./store.ts";

export interface DisputeRequest {
  /** Outside number; a fresh one when left out. */
  readonly dispute?: string | undefined;
  readonly amount: string;
  readonly currency: string;
  /** The holder's account or card number; goes into the vault. */
  readonly account: string;
  readonly accountKind?: "account" | "card" | undefined;
  /** What the client's rule book declares. */
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface ClaimRequest {
  readonly clientId: string;
  readonly key: string;
  readonly claim?: string | undefined;
  readonly claimType: string;
  readonly noticeReceivedOn: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly disputes: readonly DisputeRequest[];
}

export interface ClaimResult {
  readonly status: "done" | "duplicate" | "refused";
  readonly claim: string | null;
  readonly disputes: readonly string[];
  readonly failure: Failure | null;
}

interface Accepted {
  readonly runtime: ClientRuntime;
  readonly request: ClaimRequest;
  readonly hash: Buffer;
  readonly id: string;
  number: string;
  readonly disputes: { readonly request: DisputeRequest; id: string; number: string }[];
}

/** Opens claims in the caller's transaction; a refused one leaves the others standing. */
export async function openClaims(
  tx: Transaction,
  engine: Engine,
  vault: AccountVault,
  requests: readonly ClaimRequest[],
): Promise<ClaimResult[]> {
  if (requests.length === 0) return [];
  const clients = await engine.clients(tx, [...new Set(requests.map((one) => one.clientId))]);
  const known = await loadKnown(tx, requests);
  const accepted: Accepted[] = [];
  const outcomes = requests.map((request) => {
    try {
      const runtime = clients.get(request.clientId) as ClientRuntime;
      const outcome = consider(engine, runtime, request, known);
      if ("request" in outcome) accepted.push(outcome);
      return outcome;
    } catch (error) {
      if (error instanceof Failure) return error;
      throw error;
    }
  });
  await giveNumbers(tx, engine, accepted);
  await write(tx, engine, vault, accepted);
  return outcomes.map(resultOf);
}

interface Known {
  readonly claims: Map<
    string,
    { hash: Uint8Array; number: () => string; disputes: () => string[] }
  >;
  readonly numbers: Set<string>;
}

async function loadKnown(tx: Transaction, requests: readonly ClaimRequest[]): Promise<Known> {
  const claims: Known["claims"] = new Map();
  for (const row of await claimsByKey(tx, requests)) {
    claims.set(`${row.clientId} ${row.key}`, {
      hash: row.bodyHash,
      number: () => row.number,
      disputes: () => [...row.disputes],
    });
  }
  const given = requests.flatMap((request) =>
    [request.claim, ...request.disputes.map((one) => one.dispute)]
      .filter((number) => number !== undefined)
      .map((number) => ({ clientId: request.clientId, number })),
  );
  return { claims, numbers: await takenNumbers(tx, given) };
}

type Repeat = { readonly repeats: { number: () => string; disputes: () => string[] } };

function consider(
  engine: Engine,
  runtime: ClientRuntime,
  request: ClaimRequest,
  known: Known,
): Accepted | Repeat {
  const hash = bodyHash(request);
  const keyed = `${request.clientId} ${request.key}`;
  const before = known.claims.get(keyed);
  if (before !== undefined) {
    if (sameHash(before.hash, hash)) return { repeats: before };
    throw new Failure("key-reused", `key ${request.key} came before with another claim`, {
      key: request.key,
    });
  }
  const { facts, disputes } = request;
  refuseCardNumbersIn({ facts, disputes: disputes.map((one) => ({ facts: one.facts })) });
  request.disputes.forEach((dispute, index) => checkDispute(runtime, request, dispute, index));
  takeNumbers(request, known.numbers);
  const accepted: Accepted = {
    runtime,
    request,
    hash,
    id: engine.ids.next(),
    number: request.claim ?? "",
    disputes: request.disputes.map((one) => ({
      request: one,
      id: engine.ids.next(),
      number: one.dispute ?? "",
    })),
  };
  known.claims.set(keyed, {
    hash,
    number: () => accepted.number,
    disputes: () => accepted.disputes.map((one) => one.number),
  });
  return accepted;
}

function checkDispute(
  runtime: ClientRuntime,
  claim: ClaimRequest,
  dispute: DisputeRequest,
  index: number,
): void {
  const at = `disputes.${index}`;
  parsePositiveAmount(dispute.amount, dispute.currency, `${at}.amount`);
  if (!ACCOUNT_NUMBER.test(dispute.account)) {
    const pointer = `/disputes/${index}/account`;
    const detail = "is no account or card number";
    throw new Failure("input-invalid", `${at}.account ${detail}`, {}, [{ pointer, detail }]);
  }
  runtime.rulebook.bindDispute(dispute.currency, {
    ...claim.facts,
    ...dispute.facts,
    claimType: claim.claimType,
    noticeReceivedOn: claim.noticeReceivedOn,
  });
}

/** Day, ordinal and kind: fresh numbers follow the highest given, and must never run out. */
const LONGEST_NUMBER = 6 + 9 + 1;

/** Refuses an outside number that is taken, also twice inside one set; takes the others. */
function takeNumbers(request: ClaimRequest, taken: Set<string>): void {
  const numbers = [request.claim, ...request.disputes.map((one) => one.dispute)]
    .filter((number) => number !== undefined)
    .map((number) => `${request.clientId} ${number}`);
  for (const [index, number] of numbers.entries()) {
    const given = number.split(" ")[1] as string;
    if (!isDate(dayOf(given))) {
      throw new Failure("input-invalid", `${given} does not begin with a day YYMMDD`, { number });
    }
    if (given.length > LONGEST_NUMBER) {
      const detail = `${given.slice(0, LONGEST_NUMBER)}… has an ordinal of more than 9 digits`;
      throw new Failure("input-invalid", detail);
    }
    if (taken.has(number) || numbers.indexOf(number) !== index) {
      throw new Failure("already-exists", `${given} is taken`, { number });
    }
  }
  for (const number of numbers) taken.add(number);
}

async function giveNumbers(
  tx: Transaction,
  engine: Engine,
  accepted: readonly Accepted[],
): Promise<void> {
  const now = engine.clock.now();
  const byClient = new Map<string, Accepted[]>();
  for (const claim of accepted) {
    const list = byClient.get(claim.runtime.id);
    if (list === undefined) byClient.set(claim.runtime.id, [claim]);
    else list.push(claim);
  }
  await reserveOrdinals(tx, accepted.flatMap(givenOrdinals));
  for (const [clientId, claims] of [...byClient].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const localDate = (claims[0] as Accepted).runtime.calendar.dateOf(now);
    const bare = claims.filter((one) => one.number === "");
    const bareDisputes = claims.flatMap((one) => one.disputes.filter((two) => two.number === ""));
    for (const [kind, list] of [["C", bare] as const, ["D", bareDisputes] as const]) {
      if (list.length === 0) continue;
      const first = await takeOrdinals(tx, { clientId, localDate, kind }, list.length);
      list.forEach((one, index) => {
        one.number = caseNumber(localDate, first + index, kind);
      });
    }
  }
}

/** The day that a number begins with, `YYYY-MM-DD`. */
function dayOf(number: string): string {
  return `20${number.slice(0, 2)}-${number.slice(2, 4)}-${number.slice(4, 6)}`;
}

function givenOrdinals(claim: Accepted) {
  const numbers = [claim.number, ...claim.disputes.map((one) => one.number)];
  return numbers
    .filter((number) => number !== "")
    .map((number) => ({
      clientId: claim.runtime.id,
      localDate: dayOf(number),
      kind: number.endsWith("C") ? ("C" as const) : ("D" as const),
      ordinal: Number(number.slice(6, -1)),
    }));
}

async function write(
  tx: Transaction,
  engine: Engine,
  vault: AccountVault,
  accepted: readonly Accepted[],
): Promise<void> {
  if (accepted.length === 0) return;
  const now = engine.clock.now().toString();
  const claims: NewClaim[] = accepted.map((one) => ({
    clientId: one.runtime.id,
    id: one.id,
    number: one.number,
    claimType: one.request.claimType,
    noticeReceivedOn: one.request.noticeReceivedOn,
    facts: one.request.facts,
    key: one.request.key,
    bodyHash: one.hash,
    createdAt: now,
  }));
  await insertClaims(tx, claims);
  const lines = accepted.flatMap((claim) => claim.disputes.map((one) => ({ claim, ...one })));
  const accountIds = await vault.store(
    tx,
    lines.map((line) => ({
      clientId: line.claim.runtime.id,
      claimId: line.claim.id,
      kind: line.request.accountKind ?? "account",
      number: line.request.account,
    })),
  );
  const disputes: NewDispute[] = lines.map((line, index) => ({
    clientId: line.claim.runtime.id,
    id: line.id,
    claimId: line.claim.id,
    number: line.number,
    amountMinor: parsePositiveAmount(line.request.amount, line.request.currency),
    currency: line.request.currency,
    accountId: accountIds[index] as string,
    facts: line.request.facts,
    createdAt: now,
  }));
  await insertDisputes(tx, disputes);
  await openBooks(
    tx,
    disputes.map((one) => ({ clientId: one.clientId, disputeId: one.id })),
    now,
  );
}

function resultOf(outcome: Accepted | Repeat | Failure): ClaimResult {
  if (outcome instanceof Failure) {
    return { status: "refused", claim: null, disputes: [], failure: outcome };
  }
  if ("repeats" in outcome) {
    const { repeats } = outcome;
    return {
      status: "duplicate",
      claim: repeats.number(),
      disputes: repeats.disputes(),
      failure: null,
    };
  }
  return {
    status: "done",
    claim: outcome.number,
    disputes: outcome.disputes.map((one) => one.number),
    failure: null,
  };
}
