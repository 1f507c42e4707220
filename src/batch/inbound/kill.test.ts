import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { answerFile, aSentFile } from "../../../test/support/answers.ts";
import { aDirectory, stateOf } from "../../../test/support/batch.ts";
import { batchDesk, SENDING } from "../../../test/support/batch-desk.ts";
import { testEngine } from "../../../test/support/engine.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { sql } from "../../database/sql.ts";
import { fileById } from "../views.ts";
import { takeTurn } from "../worker.ts";
import { lineCounts, listInboundFiles } from "./views.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = batchDesk(engine);
const PROCESS = fileURLToPath(new URL("../../../test/support/inbound-process.ts", import.meta.url));
/** How often each step is killed: `KILLS=20` for the long run. */
const KILLS = Number(process.env["KILLS"] ?? "1");
const POINTS = [
  "stored",
  "received",
  "collected",
  "lines",
  "read",
  "matched",
  "finished",
  "committed",
];

async function runUntilKilled(point: string): Promise<string | null> {
  const now = engine.clock.now().toString();
  const failpoint = `batch.inbound.${point}=kill`;
  const child = spawn(process.execPath, [PROCESS, db.url, now, failpoint], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [, signal] = (await once(child, "exit")) as [number | null, string | null];
  return signal;
}

const RUNS = POINTS.flatMap((point) =>
  Array.from({ length: KILLS }, (_, index) => [point, index + 1] as const),
);

test.each(RUNS)("killed at inbound's %s (%i): goes on by itself, each line once", async (point) => {
  const directory = await aDirectory();
  const sent = await aSentFile(desk, engine, ["10.00", "10.00", "10.00", "10.00"], {
    basis: "onAcknowledgement",
    returnFile: { format: "csv", pickUp: { kind: "directory", directory } },
  });
  const [one, two, three, four] = sent.adjustments;
  const text = answerFile("ACK-1", [
    { reference: one ?? "", status: "accepted" },
    { reference: two ?? "", status: "refused", code: "R02" },
    { reference: three ?? "", status: "accepted" },
    { reference: three ?? "", status: "refused", code: "R03" },
    { reference: four ?? "", status: "accepted" },
    { reference: "nobody's", status: "accepted" },
  ]);
  await writeFile(join(directory, "ack.csv"), text);
  await utimes(join(directory, "ack.csv"), 0, 0);

  expect(await runUntilKilled(point)).toBe("SIGKILL");

  // The killed one's transaction may hold the file for a moment yet.
  await expect
    .poll(
      async () => {
        await takeTurn(desk, SENDING);
        return (await listInboundFiles(db, { clients: [sent.client], limit: 9 }))[0]?.state;
      },
      { timeout: 20_000 },
    )
    .toBe("partlyMatched");
  const states = await Promise.all(sent.adjustments.map((id) => stateOf(engine, id)));
  expect(states).toEqual(["executed", "batchFailed", "batchFailed", "executed"]);
  const [file] = await listInboundFiles(db, { clients: [sent.client], limit: 9 });
  expect(await lineCounts(db, { clientId: sent.client, id: file?.id ?? "" })).toEqual([
    { state: "applied", outcome: "executed", count: 3n },
    { state: "applied", outcome: "failed", count: 1n },
    { state: "applied", outcome: "returned", count: 1n },
    { state: "unmatched", outcome: null, count: 1n },
  ]);
  const { executed, moves } = await db.one<{ executed: string; moves: string }>(sql`
    select (select sum(executed_minor)::text from balance where collection = 'accountHolder')
             as executed,
           (select string_agg(sign::text || ' ' || basis, ', ' order by basis) from execution)
             as moves
  `);
  expect(executed).toBe("2000");
  expect(moves).toBe("1 acknowledged, 1 acknowledged, 1 acknowledged, -1 returned");
  expect(await readdir(directory)).toEqual(["collected"]);
  expect(await fileById(db, sent.client, sent.fileId)).toMatchObject({ state: "acknowledged" });
});
