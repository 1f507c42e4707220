/**
 * A core in memory behind the service route: it honours keys, keeps the outside book, is down or
 * slow when its day says so, refuses now and then. Templates and answers are the product's own.
 */
import type { PreparedRequest, SentResult, ServiceAdapter } from "../../service/adapter.ts";
import { openAdapter } from "../../service/http-adapter.ts";
import type { Service } from "../../service/service-configuration.ts";

import type { PlayedClient } from "./institution.ts";
import type { OutsidePosting } from "./outside.ts";
import type { Quarter } from "./quarter.ts";
import { calendarOf, drawFor, isStruck, localTime } from "./quarter.ts";

interface Asked {
  readonly reference: string;
  readonly direction: string;
  readonly amount: string;
  readonly currency: string;
  readonly postingDate: string;
}

export function simulatedCore(
  quarter: Quarter,
  client: PlayedClient,
): (service: Service) => ServiceAdapter {
  const seen = new Map<string, number>();
  return (service) => {
    const written = openAdapter(quarter.serviceDesk, service);
    return {
      prepare: (purpose, facts) => written.prepare(purpose, facts),
      send: (request, mayLeave = () => true) => {
        const times = (seen.get(request.key) ?? 0) + 1;
        seen.set(request.key, times);
        if (!mayLeave()) return Promise.resolve(notSent("the lease was over"));
        return Promise.resolve(answerTo(quarter, client, request, times));
      },
      close: () => written.close(),
    };
  };
}

function answerTo(
  quarter: Quarter,
  client: PlayedClient,
  request: PreparedRequest,
  times: number,
): SentResult {
  if (isStruck(quarter, "coreDown", client.id)) return notSent("connection refused");
  if (request.purpose === "lookUp") return lookedUp(quarter, request);
  const asked = JSON.parse(request.body ?? "{}") as Asked;
  const chance = quarter.isCalm ? 500 : drawFor(`${request.key} ${times}`, 1000);
  const isSlow = isStruck(quarter, "coreSlow", client.id);
  const lostIn = isSlow ? 300 : 10;
  if (chance < lostIn) return lost();
  const known = quarter.outside.find(request.key);
  if (known === undefined) {
    const refused = refusal(quarter, asked, chance);
    if (refused !== null) return refused;
  }
  const posting = known ?? post(quarter, client, request.key, asked);
  if (chance < 2 * lostIn) {
    quarter.outside.note(asked.reference, "the core posted and its answer was lost");
    return lost();
  }
  return answered(known === undefined ? 201 : 200, shown(posting, asked), {
    ...(known === undefined ? {} : { "idempotent-replayed": "true" }),
  });
}

/** Credits to closed accounts, debits of empty ones: a person has to help, or waits a day. */
function refusal(quarter: Quarter, asked: Asked, chance: number): SentResult | null {
  const isDebit = asked.direction === "debit";
  if (chance < (isDebit ? 985 : 997)) return null;
  const code = isDebit ? "INSUFFICIENT_FUNDS" : "ACCOUNT_CLOSED";
  quarter.outside.note(asked.reference, `the core refused it: ${code}`);
  return answered(422, { code, message: "refused" });
}

function post(
  quarter: Quarter,
  client: PlayedClient,
  key: string,
  { reference, amount }: Asked,
): OutsidePosting {
  const { date } = localTime(quarter, client);
  return quarter.outside.post({
    clientId: client.id,
    adjustmentId: reference,
    key,
    via: "core",
    amountMinor: minorOf(amount),
    // It takes postings round the clock and books them on its business days.
    postedOn: calendarOf(quarter, client.id).onOrAfter(date),
    at: quarter.clock.now().epochMilliseconds,
  });
}

function lookedUp(quarter: Quarter, request: PreparedRequest): SentResult {
  const posting = quarter.outside.find(request.key);
  if (posting === undefined) return answered(404, { code: "NOT_FOUND" });
  const { reference: id, postedOn } = posting;
  return answered(200, { id, postedOn });
}

function shown({ reference: id, postedOn }: OutsidePosting, { amount, currency }: Asked) {
  return { id, postedOn, amount, currency };
}

/** Amounts are dollars with two digits: everything here is in US dollars. */
export function minorOf(amount: string): bigint {
  return BigInt(amount.replace(".", ""));
}

function answered(
  status: number,
  body: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): SentResult {
  return { kind: "answered", text: JSON.stringify(body), answer: { status, headers, body } };
}

function notSent(reason: string): SentResult {
  return { kind: "notSent", reason };
}

function lost(): SentResult {
  return { kind: "lost", reason: "no answer in time" };
}
