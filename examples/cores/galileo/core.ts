/**
 * A core of the Galileo shape: Create Adjustment with a transaction id of 64 bits, unique for 90
 * days (status 24 afterwards), Get Call Status, and Reverse Adjustment under the same id. A call
 * that failed may use its id again. Signs in with an OAuth 2 token; bodies are JSON or a form.
 */
import { Buffer } from "node:buffer";

import type { CorePosting } from "../book.ts";
import { decimalOf, minorOf, totalOf } from "../book.ts";
import type { CoreAnswer, CoreRequest, CoreShape, CoreState } from "../shape.ts";
import { json } from "../shape.ts";

export const GALILEO_SECRETS = {
  GALILEO_CLIENT_SECRET: "gal-Secret-9fK2",
  GALILEO_TRANS_KEY: "trans-key-55Tz",
};
const CLIENT = "redress";
const TOKEN = "gal-token-0123456789abcdef";
const KEPT_MILLISECONDS = 90 * 24 * 3600 * 1000;
const PATH = "/intserv/4.0/";

export function galileoCore(): CoreShape {
  return {
    name: "galileo",
    secrets: { ...GALILEO_SECRETS, GALILEO_TOKEN: TOKEN },
    kindOf: (request) => {
      if (request.path === "/oauth/token") return { kind: "token", reference: "" };
      const body = parsed(request);
      const reference = String(body["transactionId"] ?? "");
      switch (request.path) {
        case `${PATH}createAdjustment`:
          return { kind: "post", reference };
        case `${PATH}reverseAdjustment`:
          return { kind: "reverse", reference };
        case `${PATH}getCallStatus`:
          return { kind: "lookUp", reference: String(body["requestTransactionId"] ?? "") };
        default:
          return { kind: "other", reference };
      }
    },
    handle,
    duplicate: (posting, minor) => duplicate(posting, minor),
    refusal: (request, state) => {
      const id = String(parsed(request)["transactionId"] ?? "");
      if (living(id, state) !== undefined) return handle(request, state);
      return said("447-04", "Account status does not allow adjustments");
    },
  };
}

function handle(request: CoreRequest, state: CoreState): CoreAnswer {
  if (request.path === "/oauth/token") return token(request);
  if (
    request.headers["authorization"] !== `Bearer ${TOKEN}` ||
    request.headers["api-trans-key"] !== GALILEO_SECRETS.GALILEO_TRANS_KEY
  ) {
    return json(401, { status_code: "401", status: "Unauthorized" });
  }
  switch (request.path) {
    case `${PATH}createAdjustment`:
      return create(request, state);
    case `${PATH}reverseAdjustment`:
      return reverse(request, state);
    case `${PATH}getCallStatus`:
      return callStatus(request, state);
    default:
      return json(404, { status_code: "404", status: "No such method" });
  }
}

function token(request: CoreRequest): CoreAnswer {
  const pair = `${CLIENT}:${GALILEO_SECRETS.GALILEO_CLIENT_SECRET}`;
  const wanted = `Basic ${Buffer.from(pair).toString("base64")}`;
  if (request.headers["authorization"] !== wanted) return json(401, { error: "invalid_client" });
  return json(200, { access_token: TOKEN, token_type: "Bearer", expires_in: 300 });
}

function create(request: CoreRequest, state: CoreState): CoreAnswer {
  const body = parsed(request);
  const id = String(body["transactionId"] ?? "");
  if (!/^[1-9][0-9]{0,18}$/.test(id) || BigInt(id) >= 2n ** 63n - 1n) {
    return said("2", "transactionId is not a 64-bit integer");
  }
  const known = living(id, state);
  if (known !== undefined) return duplicate(known, totalOf(known));
  const minor = minorOf(String(body["amount"] ?? "")) ?? 0n;
  if (minor <= 0n) return said("447-01", "amount is not valid");
  const account = String(body["accountNo"] ?? "");
  const funding = String(body["fundingAccount"] ?? "");
  if (state.closed.has(account) || state.closed.has(funding)) {
    return said("447-04", "Account status does not allow adjustments");
  }
  const isCredit = body["debitCreditIndicator"] === "C";
  const posting = state.book.post({
    reference: id,
    currency: String(body["currency"] ?? ""),
    lines: [
      {
        debitAccount: isCredit ? funding : account,
        creditAccount: isCredit ? account : funding,
        minor,
      },
    ],
    postedOn: String(body["postDate"] ?? ""),
    at: state.now(),
    text: String(body["description"] ?? ""),
    reverses: null,
  });
  return json(
    200,
    { status_code: "0", status: "Success", response_data: facts(posting) },
    { posting },
  );
}

/** Under the id of the adjustment that it takes back; the amount has to be the same. */
function reverse(request: CoreRequest, state: CoreState): CoreAnswer {
  const body = parsed(request);
  const original = living(String(body["transactionId"] ?? ""), state);
  if (original === undefined) return said("447-03", "no such adjustment");
  if (minorOf(String(body["amount"] ?? "")) !== totalOf(original)) {
    return said("447-01", "the amount differs from the adjustment's");
  }
  const reversal = reversalOf(original.reference);
  const known = state.book.of(reversal)[0];
  if (known !== undefined) return duplicate(known, totalOf(known));
  const posting = state.book.post({
    ...original,
    reference: reversal,
    lines: original.lines.map((line) => ({
      debitAccount: line.creditAccount,
      creditAccount: line.debitAccount,
      minor: line.minor,
    })),
    at: state.now(),
    reverses: original.id,
  });
  return json(
    200,
    { status_code: "0", status: "Success", response_data: facts(posting) },
    { posting },
  );
}

/** Of the call named: the same id is another call at another method. */
function callStatus(request: CoreRequest, state: CoreState): CoreAnswer {
  const body = parsed(request);
  const id = String(body["requestTransactionId"] ?? "");
  const isReversal = body["requestMethodName"] === "reverseAdjustment";
  const known = living(isReversal ? reversalOf(id) : id, state);
  if (known === undefined) return said("448-01", "no call with this transaction id");
  return json(
    200,
    { status_code: "0", status: "Success", response_data: facts(known) },
    { posting: known },
  );
}

function reversalOf(id: string): string {
  return `${id}-reversal`;
}

/** The posting of an id that is remembered: after 90 days the id is free again. */
function living(id: string, { book, now }: CoreState): CorePosting | undefined {
  const last = book.of(id).at(-1);
  return last !== undefined && now() - last.at < KEPT_MILLISECONDS ? last : undefined;
}

function facts(posting: CorePosting) {
  return {
    adjustment_id: posting.id,
    transaction_id: posting.reference,
    amount: decimalOf(totalOf(posting)),
    debit_account: posting.lines[0]?.debitAccount,
    credit_account: posting.lines[0]?.creditAccount,
    post_date: posting.postedOn,
  };
}

function duplicate(posting: CorePosting, minor: bigint): CoreAnswer {
  const data = { ...facts(posting), amount: decimalOf(minor) };
  return json(
    200,
    { status_code: "24", status: "Duplicate transaction id", response_data: data },
    { posting },
  );
}

function said(code: string, text: string): CoreAnswer {
  return json(200, { status_code: code, status: text });
}

function parsed({ headers, body }: CoreRequest): Record<string, unknown> {
  if (headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true) {
    return Object.fromEntries(new URLSearchParams(body));
  }
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return {};
  }
}
