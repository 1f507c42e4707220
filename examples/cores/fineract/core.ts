/**
 * A core of the Apache Fineract shape: journal entries with debits and credits over REST, and an
 * `Idempotency-Key`. A finished call answers the stored result again, marked
 * `x-served-from-cache`; one that is still running answers 425; a stored failure is replayed, so
 * that a corrected call needs a new key. Nothing can be looked up by key.
 *
 * What it refuses by a rule it answers with 403, the reason in a list beside a general code.
 */
import { Buffer } from "node:buffer";

import type { CoreLine, CorePosting } from "../book.ts";
import { decimalOf, minorOf } from "../book.ts";
import type { CoreAnswer, CoreRequest, CoreShape, CoreState } from "../shape.ts";
import { json } from "../shape.ts";

export const FINERACT_SECRETS = { FINERACT_PASSWORD: "mifos-pw-77!" };
const USER = "redress";
const PATH = "/fineract-provider/api/v1/journalentries";
/** Accounts that end so take no entries made by hand. */
const NOT_BY_HAND = /88$/;

export function fineractCore(): CoreShape {
  return {
    name: "fineract",
    secrets: FINERACT_SECRETS,
    kindOf: (request) => {
      const reference = request.headers["idempotency-key"] ?? "";
      if (!request.path.startsWith(PATH)) return { kind: "other", reference };
      if (request.method === "GET") return { kind: "lookUp", reference };
      const isReversal = request.query.get("command") === "reverse";
      return { kind: isReversal ? "reverse" : "post", reference };
    },
    handle,
    duplicate: (posting, minor) =>
      json(200, { ...result(posting), changes: { amount: decimalOf(minor) } }, cached(posting)),
    refusal: (request, state) => {
      const key = request.headers["idempotency-key"] ?? "";
      if (state.book.of(key).length > 0) return handle(request, state);
      return stored(request, state.memory, disabled());
    },
  };
}

function handle(request: CoreRequest, state: CoreState): CoreAnswer {
  if (!isSignedIn(request)) return json(401, { defaultUserMessage: "Invalid authentication" });
  if (request.headers["fineract-platform-tenantid"] !== "default") {
    return json(400, { defaultUserMessage: "No tenant identifier" });
  }
  if (!request.path.startsWith(PATH)) return json(404, { defaultUserMessage: "No such resource" });
  if (request.method === "GET") return find(request, state);
  const key = request.headers["idempotency-key"] ?? "";
  if (state.running.has(key)) return json(425, { defaultUserMessage: "still being processed" });
  const known = state.memory.get(key) ?? answered(key, state);
  if (known !== undefined) return { ...known, headers: { ...known.headers, ...SERVED } };
  const answer =
    request.query.get("command") === "reverse" ? reverse(request, state) : post(request, state);
  return stored(request, state.memory, answer);
}

/** What was posted under a key before the last start: the book remembers what memory does not. */
function answered(key: string, { book }: CoreState): CoreAnswer | undefined {
  const [posting] = key === "" ? [] : book.of(key);
  return posting === undefined ? undefined : json(200, result(posting), { posting });
}

const SERVED = { "x-served-from-cache": "true" };

function cached(posting: CorePosting) {
  return { headers: SERVED, posting };
}

/** Success or failure: what was said once under a key is said again. */
function stored(request: CoreRequest, memory: CoreState["memory"], answer: CoreAnswer): CoreAnswer {
  const key = request.headers["idempotency-key"];
  if (key !== undefined && key !== "") memory.set(key, answer);
  return answer;
}

interface Side {
  readonly account: string;
  readonly minor: bigint;
}

function post(request: CoreRequest, state: CoreState): CoreAnswer {
  const body = parsed(request.body);
  const debits = sidesOf(body["debits"]);
  const credits = sidesOf(body["credits"]);
  if (debits === null || credits === null || debits.length === 0 || credits.length === 0) {
    return refused("no.debits.or.credits", "needs both sides");
  }
  if (sum(debits) !== sum(credits)) return refused("mismatch.debits.credits", "sums differ");
  const date = String(body["transactionDate"] ?? "");
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(date)) {
    return json(400, {
      httpStatusCode: "400",
      userMessageGlobalisationCode: "validation.msg.validation.errors.exist",
      defaultUserMessage: "Validation errors exist.",
    });
  }
  const fault = wrongDate(date, state);
  if (fault !== null) return fault;
  const lines = paired(debits, credits);
  const accounts = lines.flatMap((line) => [line.debitAccount, line.creditAccount]);
  if (accounts.some((one) => state.closed.has(one))) return disabled();
  if (accounts.some((one) => NOT_BY_HAND.test(one))) {
    const code = "account.manual.adjustments.not.permitted";
    return refused(code, "Target account does not allow manual adjustments");
  }
  const posting = state.book.post({
    reference: request.headers["idempotency-key"] ?? "",
    currency: String(body["currencyCode"] ?? ""),
    lines,
    postedOn: date,
    at: state.now(),
    text: String(body["comments"] ?? ""),
    reverses: null,
  });
  return json(200, result(posting), { posting });
}

function wrongDate(date: string, { now, closedThrough }: CoreState): CoreAnswer | null {
  // Somewhere on earth it is tomorrow already: the core does not know the caller's zone.
  const last = new Date(now() + 14 * 3_600_000).toISOString().slice(0, 10);
  if (date > last) return refused("future.date", "cannot be made for a future date");
  if (closedThrough === null || date > closedThrough) return null;
  return refused("accounting.closed", "cannot be made prior to last account closing date");
}

function disabled(): CoreAnswer {
  return refused("account.disabled", "Target account has been disabled");
}

function reverse(request: CoreRequest, state: CoreState): CoreAnswer {
  const original = state.book.byId(idOf(request.path));
  if (original === undefined) return json(404, { defaultUserMessage: "No such journal entry" });
  const posting = state.book.post({
    ...original,
    reference: request.headers["idempotency-key"] ?? "",
    lines: original.lines.map((line) => ({
      debitAccount: line.creditAccount,
      creditAccount: line.debitAccount,
      minor: line.minor,
    })),
    at: state.now(),
    reverses: original.id,
  });
  return json(200, result(posting), { posting });
}

function find(request: CoreRequest, { book }: CoreState): CoreAnswer {
  const posting = book.byId(request.query.get("transactionId")?.slice(1) ?? "");
  const items = posting?.lines.flatMap((line) => [
    { glAccountCode: line.debitAccount, entryType: "DEBIT", amount: decimalOf(line.minor) },
    { glAccountCode: line.creditAccount, entryType: "CREDIT", amount: decimalOf(line.minor) },
  ]);
  return json(200, { totalFilteredRecords: items?.length ?? 0, pageItems: items ?? [] });
}

function result({ id }: CorePosting) {
  return { officeId: 1, transactionId: `L${id}` };
}

function idOf(path: string): string {
  return path.slice(PATH.length + 2);
}

/** Splits both sides until they meet, in order. */
function paired(debits: readonly Side[], credits: readonly Side[]): CoreLine[] {
  const lines: CoreLine[] = [];
  const left = credits.map((side) => ({ ...side }));
  for (const debit of debits) {
    let open = debit.minor;
    while (open > 0n) {
      const credit = left.find((side) => side.minor > 0n) as { account: string; minor: bigint };
      const minor = open < credit.minor ? open : credit.minor;
      lines.push({ debitAccount: debit.account, creditAccount: credit.account, minor });
      credit.minor -= minor;
      open -= minor;
    }
  }
  return lines;
}

function sidesOf(value: unknown): Side[] | null {
  if (!Array.isArray(value)) return null;
  const sides = value.map((one: { glAccountId?: unknown; amount?: unknown }) => ({
    account: String(one.glAccountId ?? ""),
    minor: minorOf(String(one.amount ?? "")) ?? 0n,
  }));
  return sides.every((side) => side.minor > 0n && side.account !== "") ? sides : null;
}

function sum(sides: readonly Side[]): bigint {
  return sides.reduce((total, side) => total + side.minor, 0n);
}

/** The code that every broken rule has, and in the list the rule that was broken. */
function refused(rule: string, message: string): CoreAnswer {
  return json(403, {
    httpStatusCode: "403",
    userMessageGlobalisationCode: "validation.msg.domain.rule.violation",
    defaultUserMessage: "Errors contain reason for domain rule violation.",
    errors: [
      {
        userMessageGlobalisationCode: `error.msg.glJournalEntry.invalid.${rule}`,
        defaultUserMessage: message,
        parameterName: "id",
      },
    ],
  });
}

function isSignedIn(request: CoreRequest): boolean {
  const pair = `${USER}:${FINERACT_SECRETS.FINERACT_PASSWORD}`;
  return request.headers["authorization"] === `Basic ${Buffer.from(pair).toString("base64")}`;
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
