/** An adapter over a service's settings, with a clock, secrets and facts of the test's own. */
import { Temporal } from "temporal-polyfill";

import { manualClock } from "../../src/kernel/clock.ts";
import type { ManualClock } from "../../src/kernel/clock.ts";
import type { SentResult, ServiceAdapter } from "../../src/service/adapter.ts";
import { httpAdapter } from "../../src/service/http-adapter.ts";
import { secretsFrom } from "../../src/connections/secrets.ts";
import { serviceOf } from "../../src/service/service-configuration.ts";
import type { AttemptPurpose } from "../../src/service/store.ts";
import type { FactValue } from "../../src/service/template.ts";

export const SECRETS: Readonly<Record<string, string>> = {
  CORE_PASSWORD: "open & <sesame>",
  CORE_API_KEY: "key-of-the-core",
  HMAC_SECRET: "signing-secret",
  CLIENT_SECRET: "client: secret",
};

export interface TestAdapter extends ServiceAdapter {
  readonly clock: ManualClock;
  /** Prepares with the facts given over some usual ones, and sends. */
  call(facts?: Record<string, FactValue>, purpose?: AttemptPurpose): Promise<SentResult>;
}

export function testAdapter(
  settings: Record<string, unknown>,
  secrets: Readonly<Record<string, string>> = SECRETS,
): TestAdapter {
  const service = serviceOf({ services: { core: settings } }, "core");
  if (service === undefined) throw new Error("no service");
  const clock = manualClock(Temporal.Instant.from("2026-11-16T15:00:00Z"));
  const adapter = httpAdapter(service, {
    secrets: secretsFrom(secrets),
    clock,
    randomBytes: (size) => Buffer.alloc(size, 0xa5),
  });
  return {
    ...adapter,
    clock,
    call: (facts = {}, purpose = "post") => adapter.send(adapter.prepare(purpose, factsOf(facts))),
  };
}

/** The same facts for the wire and, with the number masked, for the record. */
export function factsOf(facts: Record<string, FactValue> = {}) {
  const usual = { key: "k-1", amount: "100.10", currency: "USD", "holder.number": "40001234" };
  return {
    real: { common: { ...usual, ...facts }, entries: [], overrides: [] },
    masked: {
      common: { ...usual, ...facts, "holder.number": "••••1234" },
      entries: [],
      overrides: [],
    },
  };
}
