import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { certificateFile, fingerprint, serverWith } from "../../../test/support/certificates.ts";
import { aParcel } from "../../../test/support/consignment.ts";
import type { ObjectStore, StoreFault } from "../../../test/support/object-store.ts";
import { ACCESS, startObjectStore } from "../../../test/support/object-store.ts";
import { secretsFrom } from "../../connections/secrets.ts";
import { systemClock } from "../../kernel/clock.ts";
import { deliveryShape } from "../delivery-shapes.ts";
import type { Destination } from "./destination.ts";
import { openDestination } from "./open-destination.ts";

const SIZE = 300_000;
const secrets = secretsFrom({ ID: ACCESS.id, SECRET: ACCESS.secret, TOKEN: "hush" });

function open(delivery: Record<string, unknown>): Destination {
  const desk = { secrets, engine: { clock: systemClock } };
  const destination = openDestination(deliveryShape.parse(delivery), desk);
  if (destination === null) throw new Error("it sends nothing");
  return destination;
}

const KINDS = [
  { name: "S3", kind: "s3" as const, path: "/payments/in/payments-1.txt" },
  { name: "HTTPS", kind: "plain" as const, path: "/inbox/payments-1.txt" },
];

describe.each(KINDS)("$name", ({ kind, path }) => {
  let store: ObjectStore;
  beforeAll(async () => {
    store = await startObjectStore(kind);
  });
  beforeEach(() => {
    store.objects.clear();
    store.puts.length = 0;
    store.fault = "none";
    store.letsLook = true;
  });
  afterAll(() => store.stop());

  function destination(more: Record<string, unknown> = {}): Destination {
    return kind === "s3"
      ? open({
          kind: "s3",
          endpoint: store.address,
          region: "eu-central-1",
          bucket: "payments",
          prefix: "in/",
          accessKeyId: "env:ID",
          secretAccessKey: "env:SECRET",
          ...more,
        })
      : open({
          kind: "https",
          url: `${store.address}/inbox/{fileName}`,
          authentication: { kind: "bearer", token: "env:TOKEN" },
          look: { url: `${store.address}/inbox/{fileName}` },
          ...more,
        });
  }

  test("a file arrives whole, looked at and with its digest", async () => {
    const parcel = aParcel(SIZE);

    const outcome = await parcel.send(destination());

    expect(outcome).toEqual({
      kind: "placed",
      evidence: "it answered HTTP 200, and it was looked at",
    });
    expect(store.objects.get(path)).toEqual(parcel.bytes);
    expect(store.puts).toHaveLength(1);
    expect(parcel.steps.map((one) => one.step)).toEqual(["uploading", "completing", "named"]);
  });

  test("an empty file is a file", async () => {
    expect(await aParcel(0).send(destination())).toMatchObject({ kind: "placed" });
    expect(store.objects.get(path)).toEqual(Buffer.alloc(0));
  });

  test.each<[StoreFault, string, number]>([
    ["answerLost", "placed", 1],
    ["failsAfterKeeping", "placed", 1],
    ["forbids", "notPlaced", 2],
    ["redirects", "notPlaced", 2],
  ])("%s: %s, and in the end one whole file", async (fault, first, puts) => {
    const parcel = aParcel(SIZE);
    store.fault = fault;

    expect(await parcel.send(destination())).toMatchObject({ kind: first });

    expect(await parcel.sendUntilTold(destination())).toMatchObject({ kind: "placed" });
    expect(store.objects.get(path)).toEqual(parcel.bytes);
    expect(store.puts).toHaveLength(puts);
  });

  test("cut before the last bytes are let go: proven absent, and sent again", async () => {
    // Longer than what the connection takes before anybody reads it.
    const parcel = aParcel(48 * 1024 * 1024);
    store.fault = "cut";

    expect(await parcel.send(destination())).toMatchObject({ kind: "notPlaced" });

    expect(parcel.steps.map((one) => one.step)).toEqual(["uploading"]);
    expect(await parcel.send(destination())).toMatchObject({ kind: "placed" });
    expect(store.objects.get(path)?.equals(parcel.bytes)).toBe(true);
  });

  test("failed before keeping: not known at first; proven absent, it is sent again", async () => {
    const parcel = aParcel(SIZE);
    store.fault = "failsBeforeKeeping";

    expect(await parcel.send(destination())).toMatchObject({ kind: "couldNotTell" });

    const next = await parcel.sendUntilTold(destination({}), 3);
    if (kind === "s3") {
      expect(next).toMatchObject({ kind: "placed" });
      expect(store.objects.get(path)).toEqual(parcel.bytes);
    } else {
      // A receiver may have taken it away: only one that takes it twice for once may get it again.
      expect(next).toMatchObject({ kind: "couldNotTell" });
      expect(await parcel.send(destination({ repeatable: true }))).toMatchObject({
        kind: "placed",
      });
    }
  });

  test("success answered and half of it kept is no success", async () => {
    store.fault = "keepsHalf";

    expect(await aParcel(SIZE).send(destination())).toMatchObject({ kind: "couldNotTell" });
  });

  test("another file of the same name is left alone, even one that comes at the last", async () => {
    store.objects.set(path, Buffer.from("somebody else's"));
    const parcel = aParcel(SIZE);

    expect(await parcel.send(destination())).toEqual({
      kind: "notPlaced",
      reason: "another file is called payments-1.txt",
    });
    store.objects.delete(path);
    const raced = await parcel.send(destination(), (point) => {
      if (point === "uploading") store.objects.set(path, Buffer.from("somebody else's"));
    });
    expect(raced).toMatchObject({ kind: "couldNotTell" });
    expect(store.objects.get(path)?.toString()).toBe("somebody else's");
  });

  test.each([
    "uploading",
    "uploading.recorded",
    "chunk",
    "completing",
    "completing.recorded",
    "named",
    "named.recorded",
  ])("ended at %s and gone on: one whole file", async (point) => {
    const parcel = aParcel(SIZE);
    const dying = parcel.send(destination(), (reached) => {
      if (reached === point) throw new Error("killed");
    });
    await expect(dying).rejects.toThrow("killed");
    expect([undefined, SIZE]).toContain(store.objects.get(path)?.length);

    const again = kind === "s3" ? {} : { repeatable: true };
    expect(await parcel.sendUntilTold(destination(again))).toMatchObject({ kind: "placed" });

    expect(store.objects.get(path)).toEqual(parcel.bytes);
  });

  test("a test of the connection asks for what nobody has", async () => {
    const steps = await destination().probe("redress-test-1");

    expect(steps.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      "address ok",
      "connection ok",
      "tls skipped",
      "call ok",
    ]);
    expect(store.puts).toEqual([]);
  });

  test("nothing listens: a proven failure, and the test says where it ends", async () => {
    const nowhere =
      kind === "s3"
        ? destination({ endpoint: "http://127.0.0.1:1" })
        : destination({
            url: "http://127.0.0.1:1/{fileName}",
            look: { url: "http://127.0.0.1:1/{fileName}" },
          });

    expect(await aParcel(10).send(nowhere)).toMatchObject({ kind: "notPlaced" });
    const [, connection] = await nowhere.probe("x");
    expect(connection).toMatchObject({ name: "connection", outcome: "failed" });
  });
});

test("a store that lets nobody look is trusted by its answers alone", async () => {
  const store = await startObjectStore("s3");
  store.letsLook = false;
  const parcel = aParcel(SIZE);
  const delivery = {
    kind: "s3",
    endpoint: store.address,
    bucket: "payments",
    accessKeyId: "env:ID",
    secretAccessKey: "env:SECRET",
  };

  expect(await parcel.send(open(delivery))).toEqual({
    kind: "placed",
    evidence: "it answered HTTP 200",
  });
  const wrong = open({ ...delivery, secretAccessKey: "env:TOKEN" });
  expect(await aParcel(10, "b.txt").send(wrong)).toMatchObject({ kind: "notPlaced" });
  await store.stop();
});

test("without a look, a lost answer stays open, and nothing is sent twice", async () => {
  const store = await startObjectStore("plain");
  const parcel = aParcel(SIZE);
  const blind = open({ kind: "https", method: "POST", url: `${store.address}/in/{fileName}` });
  store.fault = "answerLost";

  expect(await parcel.sendUntilTold(blind, 4)).toMatchObject({ kind: "couldNotTell" });

  expect(store.puts).toHaveLength(1);
  await store.stop();
});

test("TLS: a certificate that is not pinned gets nothing", async () => {
  const store = await startObjectStore("plain", { tls: serverWith("server") });
  const delivery = {
    kind: "https",
    url: `${store.address}/in/{fileName}`,
    tls: {
      ca: certificateFile("ca"),
      serverName: "localhost",
      pinnedSha256: [fingerprint("server")],
    },
  };
  const other = { ...delivery.tls, pinnedSha256: [fingerprint("renewed")] };

  expect(await aParcel(10).send(open({ ...delivery, tls: other }))).toMatchObject({
    kind: "notPlaced",
    reason: expect.stringContaining("pinned"),
  });
  expect(store.puts).toEqual([]);
  expect(await aParcel(10).send(open(delivery))).toMatchObject({ kind: "placed" });
  await store.stop();
});
