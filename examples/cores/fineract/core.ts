/**
 * A core of the Apache Fineract shape: journal entries with debits and credits over REST, and an
 * `Idempotency-Key`. A finished call answers the stored result again, marked
 * `x-served-from-cache`; one that is still running answers 425; a stored failure is replayed, so
 * that a corrected call needs a new key. Nothing can be looked up by key.
 */
import { Buffer } from "node:buffer";

import type { CoreLine, CorePosting } from "../book.ts";
import { decimalOf, minorOf } from "../book.ts";
import type { CoreAnswer, CoreRequest, CoreShape, CoreState } from "../shape.ts";
import { json } from "../shape.ts";

export const FINERACT_SECRETS = { FINERACT_PASSWORD: "mifos-pw-77!" };
const USER = "redress";
const PATH = "/fineract-provider/api/v1/journalentries";

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
    refusal: (request, { memory }) => {
      const answer = refused("error.msg.glJournalEntry.invalid.account.disabled", "disabled");
      return stored(request, memory, answer);
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
  const known = state.memory.get(request.headers["idempotency-key"] ?? "");
  if (known !== undefined) return { ...known, headers: { ...known.headers, ...SERVED } };
  const answer =
    request.query.get("command") === "reverse" ? reverse(request, state) : post(request, state);
  return stored(request, state.memory, answer);
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
    return refused("error.msg.glJournalEntry.no.debits.or.credits", "needs both sides");
  }
  if (sum(debits) !== sum(credits)) {
    return refused("error.msg.glJournalEntry.debit.credit.sum.mismatch", "sums differ");
  }
  const date = String(body["transactionDate"] ?? "");
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(date)) {
    return refused("validation.msg.validation.errors.exist", "transactionDate", 400);
  }
  const lines = paired(debits, credits);
  if (
    lines.some(
      (line) => state.closed.has(line.debitAccount) || state.closed.has(line.creditAccount),
    )
  ) {
    return refused("error.msg.glJournalEntry.invalid.account.disabled", "account is disabled");
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

function reverse(request: CoreRequest, state: CoreState): CoreAnswer {
  const original = state.book.byId(idOf(request.path));
  if (original === undefined) return refused("error.msg.journalEntry.id.invalid", "no such", 404);
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

function refused(code: string, message: string, status = 403): CoreAnswer {
  return json(status, {
    httpStatusCode: String(status),
    userMessageGlobalisationCode: code,
    defaultUserMessage: message,
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
