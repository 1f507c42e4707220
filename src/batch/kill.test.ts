import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import {
  aBatchClient,
  aDirectory,
  filesIn,
  pendingCredits,
  stateOf,
} from "../../test/support/batch.ts";
import { batchDesk, PROFILE, SENDING } from "../../test/support/batch-desk.ts";
import { testEngine } from "../../test/support/engine.ts";
import type { SftpServer } from "../../test/support/sftp-server.ts";
import { startOpenSsh, startOwnServer, whyNoOpenSsh } from "../../test/support/sftp-server.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { generateNow } from "./generate.ts";
import { verifyFile } from "./writing/render-again.ts";
import { transmitNext } from "./transmit.ts";
import { listFiles } from "./views.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = batchDesk(engine);
const PROCESS = fileURLToPath(new URL("../../test/support/batch-process.ts", import.meta.url));

/** Runs the verb in a process of its own; answers the signal that ended it. */
async function runUntilKilled(
  client: string,
  verb: "generate" | "transmit",
  point: string,
): Promise<string | null> {
  const now = engine.clock.now().toString();
  const child = spawn(process.execPath, [PROCESS, db.url, now, client, verb, `${point}=kill`], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [, signal] = (await once(child, "exit")) as [number | null, string | null];
  return signal;
}

const GENERATE_POINTS = ["slice", "rendered", "written", "committed"];
const TRANSMIT_POINTS = [
  "begun",
  "writing",
  "writing.recorded",
  "chunk",
  "temporaryWritten",
  "temporaryWritten.recorded",
  "naming",
  "naming.recorded",
  "named",
  "named.recorded",
  "unlinked",
  "delivered",
  "settled",
];

/** How often each step is killed; the full count is asked for by configuration. */
const KILLS = Number(process.env["REDRESS_TEST_KILLS"] ?? 1);

function times(points: readonly string[]): [string, number][] {
  return points.flatMap((point) =>
    Array.from({ length: KILLS }, (_, index): [string, number] => [point, index + 1]),
  );
}

test.each(times(GENERATE_POINTS))(
  "killed at generate's %s: one whole file, or none and again (%i)",
  async (point) => {
    const client = await aBatchClient(engine, await aDirectory());
    const ids = await pendingCredits(engine, client, ["100.00", "25.00"]);

    expect(await runUntilKilled(client, "generate", `batch.generate.${point}`)).toBe("SIGKILL");

    const states = await Promise.all(ids.map((id) => stateOf(engine, id)));
    expect(new Set(states).size).toBe(1);
    await generateNow(desk, { clientId: client, profile: PROFILE, actor: "ann" });
    const files = await listFiles(db, { clients: [client], limit: 10 });
    expect(files.map((file) => file.sequence)).toEqual([1n]);
    expect(await verifyFile(desk, client, files[0]?.id ?? "")).toMatchObject({ faults: [] });
  },
);

/** One whole file, whatever was killed; answers the minor units that count as executed. */
async function killedAndResumed(
  point: string,
  directory: string,
  profile: Record<string, unknown> = {},
): Promise<string> {
  const client = await aBatchClient(engine, directory, profile);
  await pendingCredits(engine, client, ["100.00", "25.00"]);
  await generateNow(desk, { clientId: client, profile: PROFILE, actor: "ann" });
  const [{ sizeBytes, fileName } = { sizeBytes: 0n, fileName: "" }] = await listFiles(db, {
    clients: [client],
    limit: 1,
  });

  expect(await runUntilKilled(client, "transmit", `batch.transmit.${point}`)).toBe("SIGKILL");

  // Whatever a receiver may see by now is the whole file.
  for (const [name, text] of Object.entries(await filesIn(directory))) {
    if (name === fileName) expect(Buffer.byteLength(text)).toBe(Number(sizeBytes));
  }
  engine.clock.advance({ seconds: 61 });
  // The killed one's transaction may hold the file for a moment yet.
  await expect
    .poll(
      async () => {
        await transmitNext(desk, SENDING);
        const [file] = await listFiles(db, { clients: [client], limit: 1 });
        return [file?.state, file?.problem];
      },
      { timeout: 30_000 },
    )
    .toEqual(["handedOver", null]);
  const expected = profile["delivery"] === undefined ? [fileName] : [fileName, `${fileName}.done`];
  expect(await readdir(directory)).toEqual(expected);
  expect(Buffer.byteLength((await filesIn(directory))[fileName] ?? "")).toBe(Number(sizeBytes));
  const { sum } = await db.one<{ sum: string }>(sql`
    select sum(b.executed_minor)::text as sum from balance b
    where b.collection = 'accountHolder' and b.client_id = ${client}
  `);
  return sum;
}

test.each(times(TRANSMIT_POINTS))(
  "killed at transmit's %s: resumed by itself, placed once (%i)",
  async (point) => {
    expect(await killedAndResumed(point, await aDirectory())).toBe("12500");
  },
  70_000,
);

const SFTP_POINTS = [
  "begun",
  "connected",
  "connected.recorded",
  "writing",
  "writing.recorded",
  "chunk",
  "temporaryWritten",
  "temporaryWritten.recorded",
  "naming",
  "naming.recorded",
  "named",
  "named.recorded",
  "marking",
  "marking.recorded",
  "marked",
  "marked.recorded",
  "delivered",
  "settled",
];

describe("by SFTP", () => {
  let server: SftpServer;
  beforeAll(async () => {
    server = whyNoOpenSsh === null ? await startOpenSsh() : await startOwnServer();
  });
  afterAll(() => server.stop());

  test.each(times(SFTP_POINTS))(
    "killed at transmit's %s: resumed by itself, placed once (%i)",
    async (point) => {
      for (const name of await readdir(server.directory)) await rm(join(server.directory, name));
      const { port, user, directory, keys, hostKey } = server;
      const delivery = {
        kind: "sftp",
        host: "127.0.0.1",
        port,
        user,
        keys: [{ key: keys[0] }],
        hostKeys: [hostKey],
        directory,
        doneMarker: {},
      };
      expect(await killedAndResumed(point, directory, { delivery })).toBe("12500");
    },
    70_000,
  );
});
