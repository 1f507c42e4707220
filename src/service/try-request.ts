/**
 * Shows the request that a service would get for an adjustment, or for made-up facts: method,
 * path, headers without secrets, body with numbers masked. Where the core has a call that only
 * validates, that one may be sent. Nothing here ever posts.
 */
import { recordAudit } from "../access/audit.ts";
import type { ClientRuntime } from "../accounting/engine.ts";
import { Failure } from "../kernel/failure.ts";

import type { PreparedRequest } from "./adapter.ts";
import { attemptKey } from "./attempt-key.ts";
import { maskedByNumber, readHolderNumbers } from "./holder-numbers.ts";
import { openAdapter } from "./http-adapter.ts";
import { maskedText } from "./mask.ts";
import { nextPart } from "./parts.ts";
import { readValidation } from "./read-answer.ts";
import { keyOf, requestFacts } from "./request-facts.ts";
import { sampleFacts } from "./sample-facts.ts";
import type { Service } from "./service-configuration.ts";
import type { AttemptPurpose } from "./store.ts";
import type { FactValue, RequestFacts } from "./template.ts";
import type { TestDesk } from "./test-connection.ts";
import type { ServiceAdjustment } from "./views.ts";
import { overridesOf, postedParts, serviceAdjustments } from "./views.ts";

export type TrialCall = "post" | "lookUp" | "validate";

export interface TrialOrder {
  readonly clientId: string;
  readonly call: TrialCall;
  /** Null: made-up facts. */
  readonly adjustmentId: string | null;
  /** Over the made-up ones. */
  readonly facts: Readonly<Record<string, FactValue>>;
  /** Of a call that validates; the others are never sent. */
  readonly send: boolean;
  readonly actor: string;
  readonly requestId: string | null;
}

export interface Trial {
  readonly call: TrialCall;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: unknown;
  readonly sent: {
    readonly outcome: string;
    readonly status: number | null;
    readonly code: string | null;
    readonly reason: string;
    readonly answer: string | null;
    readonly milliseconds: number;
  } | null;
}

const PURPOSES: Readonly<Record<TrialCall, AttemptPurpose>> = {
  post: "post",
  lookUp: "lookUp",
  validate: "probe",
};

/** Throws `not-found`, `input-invalid`, and `request-invalid` where a fact does not fit. */
export async function tryRequest(
  desk: TestDesk,
  service: Service,
  order: TrialOrder,
): Promise<Trial> {
  const { call, send } = order;
  if (send && call !== "validate") {
    const detail = "only a call that validates is ever sent from here";
    throw new Failure("input-invalid", detail, {}, [{ pointer: "/send", detail }]);
  }
  if (call !== "post" && service[call] === null) {
    const detail = `${service.name} has no such call in its settings`;
    throw new Failure("input-invalid", detail, {}, [{ pointer: "/call", detail }]);
  }
  const facts = await factsOf(desk, service, order);
  const adapter = openAdapter(desk, service);
  try {
    const masked = { ...facts.masked, isMasked: true } as const;
    const shown = adapter.prepare(PURPOSES[call], { real: masked, masked });
    const sent = send ? await validated(desk, service, order, facts) : null;
    return {
      call,
      method: shown.method,
      url: new URL(shown.path, service.url).href,
      headers: [...Object.entries(shown.headers), ...secretHeaders(service)].map(
        ([name, value]) => ({ name, value }),
      ),
      body: shown.kept.body,
      sent,
    };
  } finally {
    await adapter.close();
  }
}

interface TrialFacts {
  readonly real: RequestFacts;
  readonly masked: RequestFacts;
  /** Masked forms by whole number. */
  readonly numbers: ReadonlyMap<string, string>;
}

async function factsOf(desk: TestDesk, service: Service, order: TrialOrder): Promise<TrialFacts> {
  const { engine, vault } = desk;
  const { clientId, adjustmentId } = order;
  if (adjustmentId === null) {
    const key = attemptKey(engine.ids.next(), 1, service.key.format);
    const made = sampleFacts(service, key, engine.clock.now(), order.facts);
    return { real: made, masked: made, numbers: new Map() };
  }
  const [whole] = await serviceAdjustments(engine.database, [{ clientId, adjustmentId }]);
  if (whole === undefined) {
    throw new Failure("not-found", `adjustment ${adjustmentId} does not exist`);
  }
  const { row, part } = await callOf(desk, service, whole);
  const client = (await engine.clients(engine.database, [clientId])).get(clientId) as ClientRuntime;
  const numbers = await readHolderNumbers(engine.database, vault, [row]);
  const { chart } = client.rulebook.accounts;
  const named = (by: ReadonlyMap<string, string>) => (account: string) =>
    by.get(account) ?? chart.get(account)?.number ?? account;
  const sources = {
    service,
    key: keyOf(row, service, part),
    calendar: client.calendar,
    today: client.calendar.dateOf(engine.clock.now()),
    part,
    overrides: (await overridesOf(engine.database, [row])).get(adjustmentId) ?? [],
    labelOf: (rule: string) => client.rulebook.rules.get(rule)?.label ?? rule,
  };
  return {
    ...requestFacts(row, sources, { real: named(numbers.whole), masked: named(numbers.masked) }),
    numbers: maskedByNumber(numbers, row),
  };
}

/** The part that would be called for next; of one that is over, the first. */
async function callOf(desk: TestDesk, service: Service, whole: ServiceAdjustment) {
  const isOver = whole.assignmentId === "";
  const posted = isOver ? undefined : await postedParts(desk.engine.database, [whole]);
  const before = posted?.get(whole.adjustmentId) ?? new Set<string>();
  const { adjustment: row, part } = nextPart(whole, service.callPer, before);
  return { row, part };
}

async function validated(
  desk: TestDesk,
  service: Service,
  order: TrialOrder,
  facts: TrialFacts,
): Promise<Trial["sent"]> {
  const { engine } = desk;
  const adapter = openAdapter(desk, service);
  try {
    const request: PreparedRequest = adapter.prepare("probe", facts);
    await recordAudit(engine.database, engine, [
      {
        actor: order.actor,
        clientId: order.clientId,
        action: "validateRequest",
        subject: `service/${service.name}`,
        reason: order.adjustmentId === null ? "made-up facts" : `adjustment ${order.adjustmentId}`,
        requestId: order.requestId,
      },
    ]);
    const started = performance.now();
    const result = await adapter.send(request);
    const milliseconds = Math.round(performance.now() - started);
    if (result.kind !== "answered") {
      const outcome = result.kind === "notSent" ? "notProcessed" : "unknown";
      const { reason } = result;
      return { outcome, status: null, code: null, reason, answer: null, milliseconds };
    }
    const mapping = { ...service.answer, ...service.validate?.answer };
    const reading = readValidation(result.answer, mapping, service.validate?.outcomes ?? []);
    const masked = (text: string): string => maskedText(text, facts.numbers);
    return {
      outcome: reading.outcome,
      status: result.answer.status,
      code: reading.code === null ? null : masked(reading.code),
      reason: masked(reading.reason),
      answer: masked(result.text),
      milliseconds,
    };
  } finally {
    await adapter.close();
  }
}

/** What is added when it is sent, by its reference. */
function secretHeaders(service: Service): [string, string][] {
  const extra = Object.entries(service.secretHeaders).map(([name, reference]): [string, string] => [
    name,
    hidden(reference),
  ]);
  return [...extra, ...signInHeaders(service)];
}

function signInHeaders({ authentication: by }: Service): [string, string][] {
  switch (by.kind) {
    case "none":
      return [];
    case "basic":
      return [["authorization", `Basic ${hidden(`${by.user}, ${by.password}`)}`]];
    case "bearer":
      return [["authorization", `Bearer ${hidden(by.token)}`]];
    case "header":
      return [[by.name, hidden(by.value)]];
    case "oauth2":
      return [["authorization", `Bearer ${hidden(`a token from ${by.tokenUrl}`)}`]];
    case "hmac": {
      const { signature, timestamp, keyId } = by.headers;
      const names = [timestamp, keyId].flatMap((name): [string, string][] =>
        name === null ? [] : [[name, "when it is sent"]],
      );
      return [...names, [signature, hidden(by.secret)]];
    }
  }
}

function hidden(reference: string): string {
  return `•••• (${reference})`;
}
