/** Reads what came back of a call and says what follows; nothing is written here. */
import type { CallFate } from "./circuit.ts";
import type { ServiceDesk } from "./desk.ts";
import type { Landed } from "./flight.ts";
import { maskedText, withoutNumbers } from "./mask.ts";
import type { Consequence } from "./outcome-machine.ts";
import { afterLookUp, afterPosting } from "./outcome-machine.ts";
import type { Reading } from "./read-answer.ts";
import { readLookUp, readPosting } from "./read-answer.ts";
import type { LookUpOutcome, PostingOutcome } from "./service-configuration.ts";
import type { NewOutcome } from "./store.ts";

export interface Judged {
  readonly landed: Landed;
  readonly reading: Reading<PostingOutcome | LookUpOutcome>;
  readonly status: number | null;
  /** Null: nothing follows yet. */
  readonly consequence: Consequence | null;
  readonly fate: CallFate;
}

const SILENCE = { amount: null, currency: null, debitAccount: null, creditAccount: null };

/** What came back, read by the service's rows, and what follows from it. */
export function judge(desk: ServiceDesk, landed: Landed): Judged {
  const { flight, result } = landed;
  const { service } = flight;
  const status = result.kind === "answered" ? result.answer.status : null;
  const failed = (outcome: "notProcessed" | "unknown", reason: string) => ({
    outcome,
    reason,
    code: null,
    codes: [],
    reference: null,
    postingDate: null,
    echo: SILENCE,
    isParked: false,
  });
  if (flight.purpose === "lookUp") {
    const read: Reading<LookUpOutcome> =
      result.kind === "answered"
        ? readLookUp(
            result.answer,
            { ...service.answer, ...service.lookUp?.answer },
            service.lookUp?.outcomes ?? [],
          )
        : { ...failed("unknown", result.reason), outcome: "unknown" };
    const reading = withMaskedReference(read, flight.numbers);
    const consequence = afterLookUp(reading, { asked: flight.asked, limits: service });
    return { landed, reading, status, consequence, fate: fateOf(reading.outcome) };
  }
  const read: Reading<PostingOutcome> =
    result.kind === "answered"
      ? readPosting(result.answer, service.answer, service.outcomes)
      : failed(result.kind === "notSent" ? "notProcessed" : "unknown", result.reason);
  const reading = withMaskedReference(read, flight.numbers);
  const consequence = afterPosting(reading, {
    limits: service,
    asked: flight.asked,
    wasUnknown: flight.wasUnknown,
    isProvenAbsent: flight.isProvenAbsent,
    calls: flight.calls,
    random: desk.random(),
    waitsDividedBy: desk.retryDivisor,
    retryAfterSeconds: retryAfter(landed),
  });
  return { landed, reading, status, consequence, fate: fateOf(reading.outcome) };
}

/** A core may make its references of account numbers: no whole one goes on record. */
function withMaskedReference<Outcome>(
  reading: Reading<Outcome>,
  numbers: ReadonlyMap<string, string>,
): Reading<Outcome> {
  const { reference } = reading;
  return reference === null
    ? reading
    : { ...reading, reference: withoutNumbers(reference, numbers) };
}

function fateOf(outcome: PostingOutcome | LookUpOutcome): CallFate {
  return outcome === "notProcessed" || outcome === "unknown" ? "failed" : "answered";
}

/** RFC 9110 §10.2.3, in seconds; dates are left to our own spacing. */
function retryAfter({ result }: Landed): number {
  const text = result.kind === "answered" ? result.answer.headers["retry-after"] : undefined;
  return /^[0-9]{1,5}$/.test(text ?? "") ? Number(text) : 0;
}

/** As it is kept: masked. */
export function outcomeOf({ landed, reading, status }: Judged, isSuperseded: boolean): NewOutcome {
  const { flight, result, latencyMilliseconds } = landed;
  const masked = (text: string): string => maskedText(text, flight.numbers);
  return {
    clientId: flight.clientId,
    adjustmentId: flight.adjustmentId,
    attemptId: flight.attemptId,
    service: flight.service.name,
    purpose: flight.purpose,
    startedAt: flight.startedAt,
    outcome: reading.outcome,
    status,
    code: reading.code === null ? null : masked(reading.code),
    codes: reading.codes.length > 1 ? reading.codes.map(masked) : null,
    reason: masked(reading.reason),
    reference: reading.reference,
    answer: result.kind === "answered" ? masked(result.text) : null,
    latencyMilliseconds: Math.round(latencyMilliseconds),
    isSuperseded,
  };
}
