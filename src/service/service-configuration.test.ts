import { describe, expect, test } from "vitest";

import { standInService } from "../../examples/stand-in-core/service.ts";
import { Failure } from "../kernel/failure.ts";
import { attemptKey } from "./attempt-key.ts";
import { secretsFrom } from "../connections/secrets.ts";
import { serviceOf, servicesOf } from "./service-configuration.ts";

const MINIMAL = { protocol: "rest-json", url: "https://core", post: { path: "/p", body: {} } };

function faultsOf(service: unknown, name = "core"): string[] {
  try {
    servicesOf({ services: { [name]: service } });
  } catch (error) {
    if (error instanceof Failure) return error.faults.map((fault) => fault.pointer);
    throw error;
  }
  return [];
}

describe("a service's configuration", () => {
  test("the stand-in core's is sound, and asks the vault for the number", () => {
    const service = serviceOf({ services: { core: standInService("http://127.0.0.1:1") } }, "core");

    expect(service).toMatchObject({ name: "core", usesHolderNumber: true, concurrency: 16 });
  });

  test("retries outlast an ordinary outage by default", () => {
    const service = serviceOf({ services: { core: MINIMAL } }, "core");

    expect(service).toMatchObject({
      retrySpacingSeconds: [5, 30, 300, 900, 3600, 3600, 3600],
      maxAccountingServiceCallRetries: 7,
      lookUp: null,
      usesHolderNumber: false,
    });
  });

  test("is read once as long as the settings are the same object", () => {
    const settings = { services: { core: MINIMAL } };

    expect(serviceOf(settings, "core")).toBe(serviceOf(settings, "core"));
    expect(serviceOf(settings, "other")).toBeUndefined();
  });

  test.each([
    ["an unknown key", { ...MINIMAL, retires: 3 }, ["/services/core"]],
    ["another protocol", { ...MINIMAL, protocol: "smtp" }, ["/services/core/protocol"]],
    ["an address of another kind", { ...MINIMAL, url: "file:///etc" }, ["/services/core/url"]],
    [
      "a secret in plain sight",
      { ...MINIMAL, authentication: { kind: "bearer", token: "sesame" } },
      ["/services/core/authentication/token"],
    ],
    [
      "an unknown fact in the body",
      { ...MINIMAL, post: { path: "/p", body: { a: { b: "{{nope}}" } } } },
      ["/services/core/post/body/a/b"],
    ],
    [
      "an unknown fact in the look-up",
      { ...MINIMAL, lookUp: { path: "/p/{{nope}}" } },
      ["/services/core/lookUp/path"],
    ],
    [
      "an unknown outcome",
      { ...MINIMAL, outcomes: [{ when: {}, outcome: "maybe" }] },
      ["/services/core/outcomes/0/outcome"],
    ],
    [
      "a row by a code that is nowhere read",
      {
        ...MINIMAL,
        answer: { codes: "body.errors.*.code" },
        outcomes: [{ when: { code: "E1" }, outcome: "refused" }],
        lookUp: { path: "/p", outcomes: [{ when: { code: "0" }, outcome: "notFound" }] },
      },
      ["/services/core/outcomes/0/when/code", "/services/core/lookUp/outcomes/0/when/code"],
    ],
    [
      "one value at each of a list",
      { ...MINIMAL, answer: { code: "body.errors.*.code" } },
      ["/services/core/answer/code"],
    ],
  ])("is refused for %s, naming the place", (_, service, pointers) => {
    expect(faultsOf(service)).toEqual(pointers);
  });

  test("a look-up's answer says only what differs: the rest is that of a posting's", () => {
    const answer = { amount: "body.cents", amountIn: "minor" };
    const lookUp = { path: "/p", answer: { code: "body.code" } };
    const service = serviceOf({ services: { core: { ...MINIMAL, answer, lookUp } } }, "core");

    expect({ ...service?.answer, ...service?.lookUp?.answer }).toEqual({
      ...answer,
      code: "body.code",
    });
  });

  test("is refused under a name that is none", () => {
    expect(faultsOf(MINIMAL, "no name")).toEqual(["/services/no name"]);
  });
});

describe("keys", () => {
  const ID = "0193a000-0000-7000-8000-00000000abc0";

  test.each([
    ["uuid", /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
    ["text36", /^[0-9a-f]{32}-[0-9]{1,3}$/],
    ["int64", /^[1-9][0-9]{0,18}$/],
  ] as const)("as %s are the same for adjustment and revision, and fit", (format, shape) => {
    const keys = [1, 1, 2].map((revision) => attemptKey(ID, revision, format));

    expect(keys[0]).toMatch(shape);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[0]).not.toBe(keys[2]);
    expect(keys[0]?.length).toBeLessThanOrEqual(36);
    if (format === "int64") expect(BigInt(keys[0] ?? "0") < 2n ** 63n).toBe(true);
  });
});

describe("secrets", () => {
  test("come from the environment or a file, and a missing one is named, not guessed", () => {
    const secrets = secretsFrom({ CORE_TOKEN: "sesame" });

    expect(secrets("env:CORE_TOKEN")).toBe("sesame");
    expect(() => secrets("env:OTHER")).toThrow("there is no secret at env:OTHER");
    expect(() => secrets("file:does/not/exist")).toThrow("there is no secret at file:");
  });
});

describe("what is to follow from an answer that the service cannot give", () => {
  test.each([
    [{ closedAccount: { policy: "coreSuspense" } }, "/closedAccount/policy"],
    [{ accountChange: { sameCustomer: { source: "body.same", is: "Y" } } }, "/accountChange"],
    [
      { outcomes: [{ when: { status: 422 }, outcome: "refused", parked: true }] },
      "/outcomes/0/parked",
    ],
  ])("%j is refused at %s", (settings, place) => {
    const core = { protocol: "rest-json", url: "http://core", post: { path: "/p", body: {} } };

    expect(() => servicesOf({ services: { core: { ...core, ...settings } } })).toThrow(place);
  });
});
