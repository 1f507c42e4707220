/** Pick-up from what a destination really runs: OpenSSH's or ssh2's server, and a bucket. */
import { chmod, chown, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { answerFile, aSentFile } from "../../../../test/support/answers.ts";
import { stateOf } from "../../../../test/support/batch.ts";
import { batchDesk, SENDING } from "../../../../test/support/batch-desk.ts";
import { testEngine } from "../../../../test/support/engine.ts";
import type { ObjectStore } from "../../../../test/support/object-store.ts";
import { ACCESS, startObjectStore } from "../../../../test/support/object-store.ts";
import type { SftpServer } from "../../../../test/support/sftp-server.ts";
import {
  startOpenSsh,
  startOwnServer,
  whyNoOpenSsh,
} from "../../../../test/support/sftp-server.ts";
import { useDatabase } from "../../../../test/support/use-database.ts";
import { secretsFrom } from "../../../connections/secrets.ts";
import { failpointsFrom } from "../../../kernel/failpoints.ts";
import { listAlarms } from "../../alarms.ts";
import { takeTurn } from "../../worker.ts";
import { listInboundFiles, repeatsOf } from "../views.ts";
import { collectAll } from "./collect.ts";
import { Looks } from "./looks.ts";

const db = useDatabase();
const engine = testEngine(db);
const secrets = secretsFrom({ ID: ACCESS.id, KEY: ACCESS.secret });
const desk = { ...batchDesk(engine), secrets };
const dying = {
  ...batchDesk(engine, failpointsFrom("batch.inbound.received=fail")),
  secrets,
};

async function aPickUp(pickUp: Record<string, unknown>) {
  const returnFile = { format: "csv", pickUp: { quietSeconds: 10, ...pickUp } };
  const sent = await aSentFile(desk, engine, ["10.00"], { basis: "onAcknowledgement", returnFile });
  const lines = sent.adjustments.map((reference) => ({ reference, status: "accepted" }));
  const files = () => listInboundFiles(db, { clients: [sent.client], limit: 9 });
  const state = () => stateOf(engine, sent.adjustments[0] as string);
  return { ...sent, answer: answerFile("ACK-1", lines), files, state };
}

/** As the worker does it, one look after the other, with so much time in between. */
async function looks(count: number, kept = new Looks()): Promise<string[]> {
  let problems: string[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    problems = await takeTurn(desk, { ...SENDING, looks: kept });
    engine.clock.advance({ seconds: 31 });
  }
  return problems;
}

const SERVERS = [
  { name: "OpenSSH", start: startOpenSsh, why: whyNoOpenSsh },
  { name: "ssh2", start: startOwnServer, why: null },
].filter(({ why }) => why === null);

describe.each(SERVERS)("SFTP at $name", ({ start }) => {
  let server: SftpServer;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    for (const name of await readdir(server.directory)) {
      await rm(join(server.directory, name), { recursive: true });
    }
  });

  const settings = (more: Record<string, unknown> = {}) => ({
    kind: "sftp",
    host: "127.0.0.1",
    port: server.port,
    user: server.user,
    keys: [{ key: server.keys[0] }],
    hostKeys: [server.hostKey],
    directory: server.directory,
    ...more,
  });

  /** Left by somebody else than our user, who may move it all the same. */
  async function leave(name: string, text: string): Promise<void> {
    const path = join(server.directory, name);
    await writeFile(path, text);
    const { uid, gid } = await stat(server.directory);
    await chown(path, uid, gid);
  }

  test("a file that two looks find the same is taken once and moved", async () => {
    const { answer, files, state } = await aPickUp(settings());
    await leave("ack.csv", answer);
    await leave("next.csv.part", "half a fi");
    const kept = new Looks();

    await looks(1, kept);
    const afterOne = await files();
    await looks(2, kept);

    expect(afterOne).toEqual([]);
    expect(await state()).toBe("executed");
    expect(await files()).toMatchObject([{ name: "ack.csv", source: "sftp", state: "matched" }]);
    expect((await readdir(server.directory)).toSorted()).toEqual(["collected", "next.csv.part"]);
    expect(await readdir(join(server.directory, "collected"))).toEqual([
      expect.stringMatching(/^[0-9a-f]{12}-ack\.csv$/),
    ]);
  });

  test("a file that grows between looks is left until it has stopped", async () => {
    const { answer, files } = await aPickUp(settings());
    const kept = new Looks();

    await leave("ack.csv", answer.slice(0, 40));
    await looks(1, kept);
    await leave("ack.csv", answer);
    await looks(1, kept);
    const whileItGrew = await files();
    await looks(1, kept);

    expect(whileItGrew).toEqual([]);
    expect(await files()).toMatchObject([{ state: "matched" }]);
  });

  // Our own server reads as root, whom nothing is denied.
  test.skipIf(start === startOwnServer)("a file nobody may read stops no other", async () => {
    const { answer, files, client } = await aPickUp(settings());
    await leave("a-denied.csv", "x");
    await chmod(join(server.directory, "a-denied.csv"), 0);
    await leave("ack.csv", answer);

    const problems = await looks(2);

    expect(problems).toEqual([expect.stringMatching(/a-denied\.csv.*permission denied/i)]);
    expect(await files()).toMatchObject([{ name: "ack.csv", state: "matched" }]);
    expect(await listAlarms(db, { clients: [client], onlyOpen: true, limit: 9 })).toHaveLength(1);
  });

  test("killed after it was stored it is found again as the same file", async () => {
    const { answer, files } = await aPickUp(settings({ quietSeconds: 0 }));
    await leave("ack.csv", answer);
    const kept = new Looks();
    await collectAll(dying, kept);
    engine.clock.advance({ seconds: 31 });
    await expect(collectAll(dying, kept)).rejects.toThrow("batch.inbound.received");

    await looks(2);

    const found = await files();
    expect(found).toMatchObject([{ state: "matched" }]);
    expect(await repeatsOf(db, found[0] as (typeof found)[0])).toHaveLength(1);
    expect(await readdir(server.directory)).toEqual(["collected"]);
  });

  test("with a done-marker a file is taken when its marker is there, and both go", async () => {
    const { answer, files } = await aPickUp(settings({ doneMarker: ".done" }));
    const kept = new Looks();
    await leave("ack.csv", answer);
    await leave("old.csv.done", "");

    await looks(1, kept);
    const before = await files();
    await leave("ack.csv.done", "");
    await looks(1, kept);

    expect(before).toEqual([]);
    expect(await files()).toMatchObject([{ name: "ack.csv", state: "matched" }]);
    expect(await readdir(server.directory)).toEqual(["collected"]);
  });

  test("a server with another key than the pinned one is left, and alarms", async () => {
    const strange = `SHA256:${"A".repeat(43)}`;
    const { client } = await aPickUp(settings({ hostKeys: [strange] }));

    const problems = await looks(1);

    expect(problems).toEqual([expect.stringContaining("not one of those pinned")]);
    expect(await listAlarms(db, { clients: [client], onlyOpen: true, limit: 9 })).toMatchObject([
      { kind: "pickUpFailed" },
    ]);
  });
});

describe("a bucket", () => {
  let store: ObjectStore;
  beforeAll(async () => {
    store = await startObjectStore("s3");
  });
  afterAll(() => store.stop());
  afterEach(() => store.objects.clear());

  const settings = () => ({
    kind: "s3",
    endpoint: store.address,
    bucket: "answers",
    prefix: "north/",
    accessKeyId: "env:ID",
    secretAccessKey: "env:KEY",
  });
  const leave = (name: string, text: string) =>
    store.objects.set(`/answers/north/${name}`, Buffer.from(text));

  test("objects are taken once and moved under collected/, page by page", async () => {
    const { answer, files, state } = await aPickUp(settings());
    leave("ack.csv", answer);
    for (const name of ["a", "b", "c"]) leave(`${name}.csv`, answerFile(name, []));

    await looks(2);

    expect(await state()).toBe("executed");
    const names = (await files()).map((file) => file.name);
    expect(names.toSorted()).toEqual(["a.csv", "ack.csv", "b.csv", "c.csv"]);
    expect([...store.objects.keys()]).toHaveLength(4);
    for (const path of store.objects.keys()) {
      expect(path).toMatch(/^\/answers\/north\/collected\/[0-9a-f]{12}-[a-z]+\.csv$/);
    }
  });

  test("killed after it was stored it is found again as the same file", async () => {
    const { answer, files } = await aPickUp(settings());
    leave("ack.csv", answer);
    await expect(collectAll(dying)).rejects.toThrow("batch.inbound.received");

    await looks(1);

    const found = await files();
    expect(found).toMatchObject([{ state: "matched", source: "s3" }]);
    expect(await repeatsOf(db, found[0] as (typeof found)[0])).toHaveLength(1);
  });

  test("a store that refuses our signature alarms the owner", async () => {
    const { client } = await aPickUp({ ...settings(), secretAccessKey: "env:ID" });

    const problems = await looks(1);

    expect(problems).toEqual([expect.stringContaining("HTTP 403")]);
    const open = await listAlarms(db, { clients: [client], onlyOpen: true, limit: 9 });
    expect(open).toMatchObject([{ kind: "pickUpFailed" }]);
  });
});
