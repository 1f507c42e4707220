import { expect, test } from "vitest";

import { aBatchClient, aDirectory, pendingCredits } from "../../test/support/batch.ts";
import { batchDesk, PROFILE } from "../../test/support/batch-desk.ts";
import { testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { cancelAdjustments } from "../accounting/cancel-adjustments.ts";
import { sql } from "../database/sql.ts";
import { generateNow } from "./generate.ts";
import { regenerate } from "./regenerate.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = batchDesk(engine);

/** How often they race; the full count is asked for by configuration. */
const RACES = Number(process.env["REDRESS_TEST_RACES"] ?? 10);

interface Standing {
  readonly id: string;
  readonly state: string;
  readonly live: number;
}

async function standings(clientId: string): Promise<Standing[]> {
  return db.query<Standing>(sql`
    select a.id, a.state, count(l.*) filter (where l.live)::int as live
    from adjustment a
    left join batch_line l on l.client_id = a.client_id and l.adjustment_id = a.id
    where a.client_id = ${clientId}
    group by a.id, a.state
    order by a.id
  `);
}

test(
  `two generators, a cancel and a regenerate, ${RACES} times: none twice, none lost, no gap`,
  async () => {
    const client = await aBatchClient(engine, await aDirectory(), {
      basis: "onAcknowledgement",
      delivery: { kind: "byHand" },
    });
    const generating = { clientId: client, profile: PROFILE, actor: "ann" };
    const seen = { cancelled: 0, kept: 0, regenerated: 0 };
    let lastFile: string | undefined;
    for (let round = 0; round < RACES; round += 1) {
      const [first, second] = (await pendingCredits(engine, client, ["1.00", "2.00"])) as [
        string,
        string,
      ];
      const cancelling = { clientId: client, adjustmentId: first, actor: "bob", reason: "twice" };
      const voiding = {
        clientId: client,
        fileId: lastFile ?? first,
        statement: "notReceived",
        reason: "asked them",
        actor: "ann",
        secondPerson: null,
      } as const;

      const [, , cancels, anew] = await Promise.allSettled([
        generateNow(desk, generating),
        generateNow(desk, generating),
        cancelAdjustments(engine, [cancelling]),
        regenerate(desk, voiding),
      ]);
      await generateNow(desk, generating);

      const isCancelled = cancels.status === "fulfilled" && cancels.value[0]?.failure === null;
      seen[isCancelled ? "cancelled" : "kept"] += 1;
      if (anew.status === "fulfilled") seen.regenerated += 1;
      const rows = new Map((await standings(client)).map((row) => [row.id, row]));
      expect(rows.size).toBe(2 * (round + 1));
      expect(rows.get(first)?.state).toBe(isCancelled ? "cancelled" : "inFile");
      expect(rows.get(second)?.state).toBe("inFile");
      for (const { state, live } of rows.values()) expect(live).toBe(state === "inFile" ? 1 : 0);
      lastFile = await aLiveFile(client);
    }
    const { files, last } = await db.one<{ files: bigint; last: bigint }>(sql`
      select count(*) as files, max(sequence) as last from batch_file where client_id = ${client}
    `);
    expect(files).toBe(last);
    process.stdout.write(`raced: ${JSON.stringify(seen)}, ${files} files without a gap\n`);
  },
  60_000 + RACES * 5_000,
);

/** The newest file that may be made again. */
async function aLiveFile(clientId: string): Promise<string | undefined> {
  const row = await db.maybe<{ id: string }>(sql`
    select id from batch_file
    where client_id = ${clientId} and state <> 'void'
    order by sequence desc
    limit 1
  `);
  return row?.id;
}
