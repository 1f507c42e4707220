import { existsSync } from "node:fs";
import { readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { aParcel } from "../../../test/support/consignment.ts";
import type { CuttingProxy, Direction } from "../../../test/support/cutting-proxy.ts";
import { startCuttingProxy } from "../../../test/support/cutting-proxy.ts";
import type { SftpServer } from "../../../test/support/sftp-server.ts";
import {
  DISK_BYTES,
  PASSWORD,
  startOpenSsh,
  startOwnServer,
  whyNoOpenSsh,
} from "../../../test/support/sftp-server.ts";
import { secretsFrom } from "../../connections/secrets.ts";
import { deliveryShape } from "../delivery-shapes.ts";
import type { SftpDelivery } from "../delivery-shapes.ts";
import type { Destination } from "./destination.ts";
import { sftpDestination } from "./sftp.ts";

const SERVERS = [
  { name: "OpenSSH", start: startOpenSsh, why: whyNoOpenSsh },
  { name: "ssh2", start: startOwnServer, why: null },
].filter(({ why }) => why === null);
const HALF = DISK_BYTES / 2;
const TENTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

test.skipIf(whyNoOpenSsh !== null)(
  `OpenSSH's own server takes part${whyNoOpenSsh === null ? "" : ` (not here: ${whyNoOpenSsh})`}`,
  () => {
    expect(SERVERS.map(({ name }) => name)).toEqual(["OpenSSH", "ssh2"]);
  },
);

describe.each(SERVERS)("$name", ({ start }) => {
  let server: SftpServer;
  let proxy: CuttingProxy;
  beforeAll(async () => {
    server = await start();
    proxy = await startCuttingProxy(() => server.port);
  });
  afterAll(async () => {
    await proxy.stop();
    await server.stop();
  });
  afterEach(async () => {
    proxy.reset();
    await server.setWritable(true);
    for (const name of await readdir(server.directory)) await rm(join(server.directory, name));
  });

  function settings(more: Partial<SftpDelivery> = {}): SftpDelivery {
    const { user, directory, hostKey, keys } = server;
    return deliveryShape.parse({
      kind: "sftp",
      host: "127.0.0.1",
      port: proxy.port,
      user,
      keys: [{ key: keys[0] }],
      hostKeys: [hostKey],
      directory,
      ...more,
    }) as SftpDelivery;
  }
  function destination(more: Partial<SftpDelivery> = {}): Destination {
    return sftpDestination(settings(more), secretsFrom({ PASSWORD }));
  }
  const there = (): Promise<string[]> => readdir(server.directory);
  const visible = async (): Promise<string[]> =>
    (await there()).filter((name) => !name.startsWith("."));
  const contentOf = (name: string): Promise<Buffer> => readFile(join(server.directory, name));

  test("a file arrives whole under its name, with nothing beside it", async () => {
    const parcel = aParcel(HALF);

    const outcome = await parcel.send(destination());

    expect(outcome).toEqual({ kind: "placed", evidence: "written, read back and renamed" });
    expect(await there()).toEqual([parcel.fileName]);
    expect(await contentOf(parcel.fileName)).toEqual(parcel.bytes);
    expect(parcel.steps.map((one) => one.step)).toEqual([
      "connected",
      "writing",
      "temporaryWritten",
      "naming",
      "named",
    ]);
    expect(parcel.steps[0]?.detail).toEqual({ hostKey: server.hostKey });
    expect(parcel.steps[2]?.detail).toMatchObject({
      isSynced: server.hasExtensions,
      verified: "hash",
    });
  });

  test("an empty file is a file", async () => {
    const parcel = aParcel(0);

    expect(await parcel.send(destination())).toMatchObject({ kind: "placed" });

    expect(await contentOf(parcel.fileName)).toEqual(Buffer.alloc(0));
  });

  test("a full disk is a proven failure and frees what it took; with room it arrives", async () => {
    const filler = join(server.directory, ".filler");
    await writeFile(filler, Buffer.alloc(HALF + 200_000));
    const parcel = aParcel(HALF);

    const full = await parcel.send(destination());

    expect(full).toMatchObject({ kind: "notPlaced" });
    expect(await there()).toEqual([".filler"]);
    await truncate(filler, 0);
    expect(await parcel.send(destination())).toMatchObject({ kind: "placed" });
    expect(await contentOf(parcel.fileName)).toEqual(parcel.bytes);
  });

  test("a directory where nothing may be written is a proven failure", async () => {
    await server.setWritable(false);
    const parcel = aParcel(1000);

    const outcome = await parcel.send(destination());

    expect(outcome).toMatchObject({ kind: "notPlaced" });
    expect(outcome).toMatchObject({ reason: expect.stringContaining("permission denied") });
    await server.setWritable(true);
    expect(await parcel.send(destination())).toMatchObject({ kind: "placed" });
  });

  async function usual(): Promise<Record<Direction, number>> {
    proxy.reset();
    expect(await aParcel(HALF, "usual.txt").send(destination())).toMatchObject({ kind: "placed" });
    const passed = { ...proxy.passed };
    await rm(join(server.directory, "usual.txt"));
    proxy.reset();
    return passed;
  }

  test.each(
    TENTHS.flatMap((tenth) =>
      (["toServer", "toClient"] as const).map((direction) => ({ tenth, direction })),
    ),
  )(
    "cut at $tenth tenths of what goes $direction: nothing short, and resumed",
    async ({ tenth, direction }) => {
      const bytes = Math.floor(((await usual())[direction] * tenth) / 10.0001);
      const parcel = aParcel(HALF);
      proxy.cutAfter(direction, bytes);

      const first = await parcel.send(destination());

      for (const name of await visible()) expect(await contentOf(name)).toEqual(parcel.bytes);
      if (first.kind === "placed") expect(await visible()).toEqual([parcel.fileName]);
      if (first.kind === "notPlaced") expect(await visible()).toEqual([]);
      expect(await parcel.sendUntilTold(destination())).toMatchObject({ kind: "placed" });
      expect(await there()).toEqual([parcel.fileName]);
      expect(await contentOf(parcel.fileName)).toEqual(parcel.bytes);
    },
  );

  test("a rename whose answer is lost is settled by looking", async () => {
    const parcel = aParcel(HALF);

    const outcome = await parcel.send(destination(), (point) => {
      if (point === "naming.recorded") proxy.loseAnswer();
    });

    expect(outcome).toMatchObject({ kind: "placed", evidence: expect.stringContaining("found") });
    expect(await there()).toEqual([parcel.fileName]);
    expect(await contentOf(parcel.fileName)).toEqual(parcel.bytes);
  });

  test("a rename that never reached the server is made again", async () => {
    const parcel = aParcel(HALF);

    let cuts = 0;
    const outcome = await parcel.send(destination(), (point) => {
      if (point !== "naming.recorded") return;
      cuts += 1;
      if (cuts === 1) proxy.cutAfter("toServer", proxy.passed.toServer);
    });

    expect(outcome).toEqual({ kind: "placed", evidence: "written, read back and renamed" });
    expect(await there()).toEqual([parcel.fileName]);
    expect(parcel.steps.filter((one) => one.step === "naming").length).toBeGreaterThan(1);
  });

  test("its answer lost and the file collected: nobody can tell, nothing is sent", async () => {
    const parcel = aParcel(1000);
    const dying = parcel.send(destination(), (point) => {
      if (point === "named") throw new Error("killed");
    });
    await expect(dying).rejects.toThrow("killed");
    await rm(join(server.directory, parcel.fileName));

    expect(await parcel.sendUntilTold(destination(), 4)).toMatchObject({ kind: "couldNotTell" });

    expect(await there()).toEqual([]);
    parcel.resend();
    expect(await parcel.send(destination())).toMatchObject({ kind: "placed" });
  });

  test("collected after the server answered, it was placed", async () => {
    const parcel = aParcel(1000);
    const dying = parcel.send(destination(), (point) => {
      if (point === "named.recorded") throw new Error("killed");
    });
    await expect(dying).rejects.toThrow("killed");
    await rm(join(server.directory, parcel.fileName));

    expect(await parcel.send(destination())).toMatchObject({ kind: "placed" });
    expect(await there()).toEqual([]);
  });

  test.each(["plain", "posix"] as const)(
    "another file of the same name is left alone (%s)",
    async (kind) => {
      const parcel = aParcel(1000);
      const path = join(server.directory, parcel.fileName);
      await writeFile(path, "somebody else's");
      const given = { rename: kind };

      const outcome = await parcel.send(destination(given));

      expect(outcome).toEqual({
        kind: "notPlaced",
        reason: `another file is called ${parcel.fileName}`,
      });
      expect((await contentOf(parcel.fileName)).toString()).toBe("somebody else's");
      await rm(path);
      if (kind === "plain" || server.hasExtensions) {
        expect(await parcel.send(destination(given))).toMatchObject({ kind: "placed" });
      } else {
        expect(await parcel.send(destination(given))).toMatchObject({
          kind: "notPlaced",
          reason: expect.stringContaining("cannot do that"),
        });
      }
    },
  );

  test("nor is one that appears in the last moment", async () => {
    const parcel = aParcel(1000);
    await writeFile(join(server.directory, ".later"), "somebody else's");

    const outcome = await inTheMeantime(parcel.send.bind(parcel), destination(), async () => {
      await rename(join(server.directory, ".later"), join(server.directory, parcel.fileName));
    });

    expect(outcome).toMatchObject({ kind: "notPlaced" });
    expect((await contentOf(parcel.fileName)).toString()).toBe("somebody else's");
  });

  test("a file that is there already, whole, is not sent again", async () => {
    const parcel = aParcel(1000);
    await parcel.send(destination());
    parcel.resend();

    expect(await parcel.send(destination())).toMatchObject({
      kind: "placed",
      evidence: "found at the destination, whole",
    });
    expect(parcel.steps.filter((one) => one.step === "writing")).toHaveLength(1);
  });

  test("by size alone, a file of the same size that we never named is not ours", async () => {
    const parcel = aParcel(1000);
    await writeFile(join(server.directory, parcel.fileName), Buffer.alloc(1000));

    expect(await parcel.send(destination({ verify: "size" }))).toMatchObject({ kind: "notPlaced" });

    await rm(join(server.directory, parcel.fileName));
    expect(await parcel.send(destination({ verify: "size" }))).toMatchObject({ kind: "placed" });
  });

  test("a drop box where nobody may look: each answer is the proof", async () => {
    const parcel = aParcel(HALF);
    const box = destination({ verify: "none" });

    expect(await parcel.send(box)).toMatchObject({ kind: "placed" });

    expect(await contentOf(parcel.fileName)).toEqual(parcel.bytes);
    const other = aParcel(1000, "other.txt");
    const lost = await other.send(box, (point) => {
      if (point === "naming.recorded") proxy.loseAnswer();
    });
    expect(lost).toMatchObject({ kind: "couldNotTell" });
    expect(await other.sendUntilTold(box, 3)).toMatchObject({ kind: "couldNotTell" });
    expect(other.steps.filter((one) => one.step === "writing")).toHaveLength(1);
  });

  test("the marker comes last, with hash, size and name; its loss is made good", async () => {
    const parcel = aParcel(1000);
    const marked = destination({ doneMarker: { suffix: ".done" } });

    const dying = parcel.send(marked, (point) => {
      if (point === "marking.recorded") throw new Error("killed");
    });
    await expect(dying).rejects.toThrow("killed");
    expect(await visible()).toEqual([parcel.fileName]);
    expect(await parcel.send(marked)).toMatchObject({ kind: "placed" });

    expect(await there()).toEqual([parcel.fileName, `${parcel.fileName}.done`]);
    const text = (await contentOf(`${parcel.fileName}.done`)).toString();
    expect(text).toMatch(/^[0-9a-f]{64} {2}1000 {2}payments-1\.txt\n$/);
  });

  test("a password lets us in, a wrong key does not, and of two keys one is enough", async () => {
    const { strangeKey, keys } = server;
    const byPassword = destination({ keys: undefined, password: "env:PASSWORD" });
    expect(await aParcel(10, "a.txt").send(byPassword)).toMatchObject({ kind: "placed" });
    const strange = await aParcel(10).send(destination({ keys: [{ key: strangeKey }] }));
    expect(strange).toEqual({
      kind: "notPlaced",
      reason: "the server does not let this user in",
    });
    const rotating = destination({ keys: [{ key: strangeKey }, { key: keys[1] }] });
    expect(await aParcel(10, "b.txt").send(rotating)).toMatchObject({ kind: "placed" });
  });

  test("a whole key may be pinned instead of its fingerprint", async () => {
    const pinned = destination({ hostKeys: [server.hostKeyLine] });

    expect(await aParcel(10).send(pinned)).toMatchObject({ kind: "placed" });
  });

  test("a test of the connection shows each step and leaves nothing", async () => {
    const steps = await destination().probe("redress-test-1");

    expect(steps.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      "connection ok",
      "hostKey ok",
      "signIn ok",
      "directory ok",
      "writing ok",
    ]);
    expect(await there()).toEqual([]);
    const strange = await destination({ keys: [{ key: server.strangeKey }] }).probe("x");
    expect(strange.map(({ outcome }) => outcome)).toEqual([
      "ok",
      "ok",
      "failed",
      "skipped",
      "skipped",
    ]);
    await server.setWritable(false);
    const [, , , , writing] = await destination().probe("redress-test-2");
    expect(writing).toMatchObject({ outcome: "failed" });
  });

  test("a changed host key stops everything until it is pinned", async () => {
    const parcel = aParcel(1000);
    const old = settings();
    const changed = await server.changeHostKey();

    const refused = await parcel.send(sftpDestination(old, secretsFrom({})));

    expect(refused).toEqual({
      kind: "notPlaced",
      reason: `the server's key is not one of those pinned (it showed ${changed})`,
    });
    expect(existsSync(join(server.directory, parcel.fileName))).toBe(false);
    const both = { ...old, hostKeys: [...old.hostKeys, changed] };
    const steps = await sftpDestination(old, secretsFrom({})).probe("x");
    expect(steps[1]).toMatchObject({ name: "hostKey", outcome: "failed" });
    expect(await parcel.send(sftpDestination(both, secretsFrom({})))).toMatchObject({
      kind: "placed",
    });
  });
});

/** Sends, and does something between the look and the rename. */
async function inTheMeantime(
  send: ReturnType<typeof aParcel>["send"],
  destination: Destination,
  work: () => Promise<void>,
) {
  let done: Promise<void> | undefined;
  const held: Destination = {
    ...destination,
    place: (consignment, journal) =>
      destination.place(consignment, {
        ...journal,
        record: async (step, detail) => {
          if (step === "naming") await (done ??= work());
          await journal.record(step, detail);
        },
      }),
  };
  return send(held);
}
