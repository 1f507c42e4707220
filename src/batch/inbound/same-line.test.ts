import { expect, test } from "vitest";

import { answerFile, aSentFile, bringIn } from "../../../test/support/answers.ts";
import { batchDesk } from "../../../test/support/batch-desk.ts";
import { testEngine } from "../../../test/support/engine.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { lineCounts } from "./views.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = batchDesk(engine);
const MANY = 10_000;

/** With a round for each of its lines it took 43 seconds. */
const IN_TIME = { timeout: 30_000 };

test(
  "a file that says the same of one line over and over is matched in time",
  IN_TIME,
  async () => {
    const { client, adjustments } = await aSentFile(desk, engine, ["10.00"], {
      basis: "onAcknowledgement",
    });
    const reference = adjustments[0] ?? "";
    const same = Array.from({ length: MANY }, () => ({ reference, status: "accepted" }));

    const file = await bringIn(desk, client, answerFile("SAME", same));

    expect(file.state).toBe("matched");
    expect(await lineCounts(db, file)).toEqual([
      { state: "applied", outcome: "executed", count: 1n },
      { state: "repeated", outcome: null, count: BigInt(MANY - 1) },
    ]);
  },
);
