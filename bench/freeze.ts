/**
 * freeze: adjustments that wait are written into a file and each is frozen there, with line,
 * history and event, in one transaction; then the destination answers the file line by line. The
 * floor is one bare `update` of as many adjustments, on a copy of the same database.
 */
import { generateNow } from "../src/batch/generate.ts";
import { acknowledge } from "../src/batch/acknowledge.ts";
import { linesOfFile } from "../src/batch/line-views.ts";
import { sql } from "../src/database/sql.ts";

import { benchDesk, withClient } from "./batch-desk.ts";
import type { Bench } from "./measure.ts";
import { ratioMeasure, spread } from "./measure.ts";
import { CLIENT, makePendingAdjustments, PROFILE } from "./pending-adjustments.ts";
import type { ScratchDatabase } from "./scratch-server.ts";
import { scratchServer } from "./scratch-server.ts";
import { peakMemory } from "./memory.ts";

const COUNT = Number(process.env["BENCH_ROWS"] ?? 1_000_000);
const REPEATS = Number(process.env["BENCH_REPEATS"] ?? 3);
const ANSWERED_AT_ONCE = 10_000;

export const freezeBench: Bench = {
  name: "freeze",
  repeats: REPEATS,
  run: async ({ remark }) => {
    const server = await scratchServer();
    try {
      const source = await server.database();
      await withClient(source.database);
      await makePendingAdjustments(source.url, COUNT, (line) => remark(`freeze: ${line}`));
      const fresh = await server.pattern(source);
      const [frozen, answered, floors]: [number[], number[], number[]] = [[], [], []];
      const memory = peakMemory();
      for (let repeat = 1; repeat <= REPEATS; repeat += 1) {
        remark(`freeze ${repeat} of ${REPEATS}: bare update`);
        floors.push(await seconds(await fresh(), bareUpdate));
        remark(`freeze ${repeat} of ${REPEATS}: into a file, then answered`);
        const copy = await fresh();
        const { freeze, answer } = await freezeAndAnswer(copy);
        await copy.drop();
        frozen.push(freeze);
        answered.push(answer);
        remark(
          `freeze ${repeat} of ${REPEATS}: bare update ${floors.at(-1)?.toFixed(1)} s, ` +
            `freeze ${freeze.toFixed(1)} s, answer ${answer.toFixed(1)} s`,
        );
      }
      remark(
        `freeze: ours ${spread(frozen)}, answer ${spread(answered)}, floor ${spread(floors)} s`,
      );
      const about = { name: "freeze", unit: "s", bound: "max" } as const;
      return [
        ratioMeasure({ ...about, measure: `freeze ${COUNT}`, target: 3 }, frozen, floors),
        ratioMeasure({ ...about, measure: `answer ${COUNT}`, target: 8 }, answered, floors),
        memory.measure("freeze", `memory at ${COUNT}`),
      ];
    } finally {
      await server.close();
    }
  },
};

/** The least that can be said of a row: its state, as one statement. */
async function bareUpdate({ database }: ScratchDatabase): Promise<void> {
  await database.execute(sql`
    update adjustment
    set state = 'inFile', version = version + 1, updated_at = now()
    where client_id = ${CLIENT} and state = 'pendingBatch' and destination = ${PROFILE}
  `);
}

async function freezeAndAnswer(copy: ScratchDatabase): Promise<{ freeze: number; answer: number }> {
  const desk = benchDesk(copy.database);
  const asked = { clientId: CLIENT, profile: PROFILE, actor: "bench" };
  let started = performance.now();
  const { files } = await generateNow(desk, asked);
  const freeze = (performance.now() - started) / 1000;
  const [file] = files;
  if (file?.totals.adjustmentCount !== COUNT) throw new Error("not all of them are in the file");

  const place = { clientId: CLIENT, fileId: file.id };
  started = performance.now();
  for (let after = 0n; ;) {
    const lines = await linesOfFile(copy.database, place, after, ANSWERED_AT_ONCE);
    const last = lines.at(-1);
    if (last === undefined) break;
    const adjustmentIds = lines.map((line) => line.adjustmentId);
    const told = { ...place, adjustmentIds, answer: "accepted", actor: "bench" } as const;
    await acknowledge(desk, { ...told, reference: "ACK" });
    after = last.lineNumber;
  }
  const answer = (performance.now() - started) / 1000;
  await mustAllBeExecuted(copy);
  return { freeze, answer };
}

async function mustAllBeExecuted({ database }: ScratchDatabase): Promise<void> {
  const { count } = await database.one<{ count: bigint }>(sql`
    select count(*) as count from adjustment where state = 'executed'
  `);
  if (Number(count) !== COUNT) throw new Error(`${count} of ${COUNT} are executed`);
}

async function seconds(
  copy: ScratchDatabase,
  work: (copy: ScratchDatabase) => Promise<void>,
): Promise<number> {
  const started = performance.now();
  await work(copy);
  const taken = (performance.now() - started) / 1000;
  await copy.drop();
  return taken;
}
