/**
 * Tests the way to a service as far as it goes without posting anything: name, connection, TLS,
 * signing in, and one call that writes nothing: its `health`, or a look-up with a key that cannot
 * exist. Each step with its result, its time, and what to do.
 */
import type { SentResult, ServiceAdapter } from "./adapter.ts";
import { attemptKey } from "./attempt-key.ts";
import { openCredentials } from "./credentials.ts";
import type { ServiceDesk } from "./desk.ts";
import { openAdapter } from "./http-adapter.ts";
import { NoToken } from "./oauth-tokens.ts";
import { maskedText } from "./mask.ts";
import { readLookUp } from "./read-answer.ts";
import type { Found, TestStep } from "../connections/reach.ts";
import { reach, skipped, step } from "../connections/reach.ts";
import { Failure } from "../kernel/failure.ts";
import { sampleFacts } from "./sample-facts.ts";
import type { Service } from "./service-configuration.ts";
import { readTls } from "../connections/tls.ts";

export type TestDesk = Pick<ServiceDesk, "engine" | "vault" | "secrets" | "callTimeoutSeconds">;

export interface ConnectionTest {
  /** `ok` when nothing failed and something was answered; `warning` when a step is doubtful. */
  readonly outcome: "ok" | "warning" | "failed";
  readonly steps: readonly TestStep[];
}

export async function testConnection(desk: TestDesk, service: Service): Promise<ConnectionTest> {
  const { engine, secrets } = desk;
  const steps = await reach(new URL(service.url), () => readTls(service.tls, secrets), {
    seconds: service.timeouts.connectSeconds,
    now: engine.clock.now().epochMilliseconds,
  });
  const isReached = steps.every((one) => one.outcome !== "failed");
  const signIn = isReached ? await signedIn(desk, service) : skipped("signIn", "not tried");
  const call =
    isReached && signIn.outcome !== "failed"
      ? await called(desk, service)
      : skipped("call", "not tried");
  const all = [...steps, signIn, call];
  const has = (outcome: TestStep["outcome"]): boolean => all.some((one) => one.outcome === outcome);
  return {
    outcome: has("failed") ? "failed" : has("warning") ? "warning" : "ok",
    steps: all,
  };
}

/** Whether there is all that it takes to sign in; whether it is right, the call shows. */
function signedIn(desk: TestDesk, service: Service): Promise<TestStep> {
  const { kind } = service.authentication;
  return step(
    "signIn",
    async () => {
      const credentials = openCredentials(service, {
        secrets: desk.secrets,
        clock: desk.engine.clock,
        connectSeconds: service.timeouts.connectSeconds,
        callSeconds: desk.callTimeoutSeconds ?? service.timeouts.callSeconds,
      });
      try {
        const { host, pathname } = new URL(service.url);
        const call = { method: "GET", path: pathname, host, headers: {}, key: "", body: null };
        await credentials.of(call);
      } catch (error) {
        return refusedSignIn(error);
      } finally {
        await credentials.close();
      }
      if (kind === "none") return { outcome: "skipped", detail: "the settings ask for none" };
      return kind === "oauth2"
        ? { detail: "the token service gave a token" }
        : { detail: `by ${kind}: the secrets are there` };
    },
    () => "Check what stands under authentication.",
  );
}

function refusedSignIn(error: unknown): Found {
  if (error instanceof NoToken) {
    const advice = "Check tokenUrl, clientId, clientSecret and scope with whoever gave them.";
    return { outcome: "failed", detail: error.message, advice };
  }
  if (!(error instanceof Failure)) throw error;
  const advice = "Set it where the server and its workers run; references are read by both.";
  return { outcome: "failed", detail: error.message, advice };
}

function called(desk: TestDesk, service: Service): Promise<TestStep> {
  return step(
    "call",
    async () => {
      if (service.health === null && service.lookUp === null) {
        const detail = "there is no call that writes nothing";
        const advice = "Set health.path or lookUp, so that this can be tested without posting.";
        return { outcome: "skipped", detail, advice };
      }
      const adapter = openAdapter(desk, service);
      try {
        return service.health === null
          ? foundByLookUp(service, await lookedUp(desk, adapter, service))
          : foundByHealth(await health(adapter, service, service.health.path));
      } finally {
        await adapter.close();
      }
    },
    () => "The steps before show how far it went.",
  );
}

function health(adapter: ServiceAdapter, service: Service, path: string): Promise<SentResult> {
  const base = new URL(service.url).pathname.replace(/\/$/, "");
  const request = { method: "GET" as const, path: `${base}${path}`, body: null };
  return adapter.send({ ...request, purpose: "probe", headers: {}, key: "", kept: request });
}

/** Under the key of an adjustment that nobody has and nobody will have. */
function lookedUp(
  { engine }: TestDesk,
  adapter: ServiceAdapter,
  service: Service,
): Promise<SentResult> {
  const key = attemptKey(engine.ids.next(), 1, service.key.format);
  const facts = sampleFacts(service, key, engine.clock.now());
  return adapter.send(adapter.prepare("lookUp", { real: facts, masked: facts }));
}

function foundByHealth(result: SentResult): Found {
  if (result.kind !== "answered") return unanswered(result.reason);
  const { status } = result.answer;
  if (status >= 200 && status < 300) return { detail: `health answered HTTP ${status}` };
  return (
    refusal(status) ?? {
      outcome: "failed",
      detail: `health answered HTTP ${status}`,
      advice: "Check health.path, and ask whoever runs the core.",
    }
  );
}

function foundByLookUp(service: Service, result: SentResult): Found {
  if (result.kind !== "answered") return unanswered(result.reason);
  const { status } = result.answer;
  const mapping = { ...service.answer, ...service.lookUp?.answer };
  const reading = readLookUp(result.answer, mapping, service.lookUp?.outcomes ?? []);
  const said = `HTTP ${status}, ${maskedText(reading.reason, new Map())}`;
  switch (reading.outcome) {
    case "notFound":
      return { detail: `it does not know a key that cannot exist, as it should (${said})` };
    case "posted":
      return {
        outcome: "failed",
        detail: `it says that it posted what nobody ever sent (${said})`,
        advice: "Correct lookUp.outcomes or lookUp.answer: look-ups like this would lose money.",
      };
    case "refused":
      return {
        outcome: "warning",
        detail: `it reads as refused (${said})`,
        advice: "Map what it answers to a key it does not know to notFound in lookUp.outcomes.",
      };
    case "unknown":
      return (
        refusal(status) ?? {
          outcome: "warning",
          detail: `it answers, but not in a way that says that the key is unknown (${said})`,
          advice: "Map what it answers to a key it does not know to notFound in lookUp.outcomes.",
        }
      );
  }
}

function refusal(status: number): Found | null {
  if (status !== 401 && status !== 403) return null;
  return {
    outcome: "failed",
    detail: `it does not let us in: HTTP ${status}`,
    advice: "The secrets are there but not the right ones, or lack a right. Compare them.",
  };
}

function unanswered(reason: string): Found {
  return {
    outcome: "failed",
    detail: reason,
    advice: "Raise timeouts.callSeconds if the core is slow; else ask whoever runs it.",
  };
}
