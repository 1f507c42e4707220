import { beforeEach, describe, expect, test } from "vitest";

import { answerFile, aSentFile, bringIn } from "../../../test/support/answers.ts";
import { batchDesk, PROFILE } from "../../../test/support/batch-desk.ts";
import { testEngine } from "../../../test/support/engine.ts";
import { planterOf, violationsOf } from "../../../test/support/planted.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { receiveFile } from "../../batch/inbound/receive-file.ts";
import { releaseFile, setLineAside } from "../../batch/inbound/settle-by-hand.ts";
import { workInbound } from "../../batch/inbound/work-inbound.ts";
import type { Statement } from "../../database/sql.ts";
import { sql } from "../../database/sql.ts";

import { INBOUND_BYTES_CHECK, INBOUND_CHECKS } from "./inbound-checks.ts";
import type { Violation } from "./violation.ts";

const database = useDatabase();
const engine = testEngine(database);
const desk = batchDesk(engine);

const violations = (): Promise<Violation[]> => violationsOf(desk);
const plant = planterOf(database);

const line = (reference: string | undefined, status: string, more = {}) => ({
  reference: reference ?? "",
  status,
  amount: "10.00",
  side: "credit",
  ...more,
});

/** Files of every end: matched, partly matched, held, released, refused, a repeated one. */
async function answeredBooks(): Promise<void> {
  const { client, adjustments } = await aSentFile(desk, engine, ["10.00", "10.00", "10.00"], {
    basis: "onAcknowledgement",
  });
  const [first, second, third] = adjustments;
  const bring = (text: string) => bringIn(desk, client, text);
  const mixed = answerFile("MIXED", [
    line(first, "accepted"),
    line(second, "refused", { code: "R03" }),
    line(first, "accepted"),
    line("nobody", "accepted"),
    line("somebody", "accepted"),
  ]);
  const { id } = await bring(mixed);
  await bring(mixed);
  const by = { clientId: client, reason: "none of ours", actor: "ann" };
  await setLineAside(desk, { ...by, fileId: id, ordinal: 4n });
  await bring(answerFile("MIXED", [line(third, "accepted")]));
  await bring(answerFile("HELD", [line(third, "refused")], { count: 7 }));
  const held = await bring(answerFile("RELEASED", [line(third, "accepted")], { count: 7 }));
  await releaseFile(desk, { ...by, fileId: held.id });
  await workInbound(desk, client, held.id);
  await bring(answerFile("RETURNED", [line(third, "refused", { code: "R01" })]));
  await bring("no answer at all");
  const late = { profile: PROFILE, name: "late.csv", source: "upload", actor: "ann" } as const;
  await receiveFile(desk, { ...late, clientId: client, bytes: Buffer.from("to be read") });
}

beforeEach(answeredBooks);

test("files of every end have no violation", async () => {
  const states = await database.query<{ state: string }>(sql`
    select distinct state from inbound_file order by state`);
  const outcomes = await database.query<{ outcome: string }>(sql`
    select distinct outcome from inbound_line where outcome is not null order by outcome`);

  expect(states.map((row) => row.state)).toEqual([
    "held",
    "matched",
    "partlyMatched",
    "received",
    "refused",
  ]);
  expect(outcomes.map((row) => row.outcome)).toEqual(["executed", "failed", "returned"]);
  expect(await violations()).toEqual([]);
});

/** Each plants one thing that the database would have refused, and is named by the check. */
const PLANTED: readonly (readonly [string, string, readonly Statement[], RegExp])[] = [
  [
    "inbound-lines",
    "a line is gone",
    [sql`delete from inbound_line where state = 'unmatched'`],
    /5 counted, 4 kept, the last is 4/,
  ],
  [
    "inbound-lines",
    "a line stands at another place",
    [sql`update inbound_line set ordinal = 9 where state = 'unmatched'`],
    /5 counted, 5 kept, the last is 9/,
  ],
  [
    "inbound-settled",
    "a line waits in a file that is done",
    [sql`update inbound_line set state = 'waiting', settled_at = null where state = 'repeated'`],
    /is partlyMatched with 1 lines that wait and 1 unmatched/,
  ],
  [
    "inbound-settled",
    "a file counts as matched, and is not",
    [sql`update inbound_file set state = 'matched' where state = 'partlyMatched'`],
    /is matched with 0 lines that wait and 1 unmatched/,
  ],
  [
    "inbound-settled",
    "a line of a held file did something",
    [
      sql`update inbound_line l set state = 'noted', settled_at = now()
          from inbound_file f where f.id = l.file_id and f.state = 'held'`,
    ],
    /is held with 0 lines that wait/,
  ],
  [
    "inbound-totals",
    "a line's amount was changed",
    [sql`update inbound_line set amount_minor = amount_minor + 1 where outcome = 'executed'`],
    /credit: [0-9]+ by its lines, [0-9]+ kept/,
  ],
  [
    "inbound-totals",
    "nobody released it",
    [sql`delete from inbound_decision where decision = 'released'`],
    /count: differs, and nobody released it/,
  ],
  [
    "inbound-history",
    "a line says that it posted, and the history does not",
    [
      sql`update inbound_line set state = 'applied', outcome = 'executed', explanation = null,
            adjustment_id = (select id from adjustment limit 1)
          where state = 'unmatched'`,
    ],
    /posted: 1 lines say so, 0 times in the history/,
  ],
  [
    "inbound-history",
    "a line posted twice",
    [
      sql`insert into transition
          select client_id, gen_random_uuid(), adjustment_id, from_state, to_state, event, actor,
                 reason, outside, operation_id, recorded_at
          from transition where outside ->> 'returnFile' is not null and event = 'acknowledged'
          limit 1`,
    ],
    /posted: 1 lines say so, 2 times in the history/,
  ],
  [
    "inbound-history",
    "a line that refused says that it posted",
    [sql`update inbound_line set outcome = 'executed' where outcome = 'failed'`],
    /refused: 0 lines say so, 1 times in the history/,
  ],
  [
    "inbound-outcome",
    "a line of ours lost its answer",
    [sql`update batch_line set outcome = null, live = true where outcome = 'acknowledged'`],
    /is executed, and the line of ours that it names is not answered/,
  ],
  [
    "inbound-outcome",
    "a line names a line of ours that is not there",
    [sql`update inbound_line set batch_line = batch_line + 70 where outcome = 'failed'`],
    /is failed, and the line of ours that it names is not there/,
  ],
  [
    "inbound-once",
    "a line is applied twice",
    [
      sql`update inbound_line l set state = 'applied', outcome = 'executed'
          where state = 'repeated'`,
    ],
    /executed 2 times/,
  ],
  [
    "inbound-taken-once",
    "the same identity was taken twice",
    [
      sql`update inbound_file set state = 'matched', identity = 'MIXED'
          where identity = 'RETURNED'`,
    ],
    /return files of the same identity: answer.csv, answer.csv/,
  ],
  [
    "inbound-taken-once",
    "a duplicate did something",
    [sql`update inbound_file set state = 'matched' where duplicate_of is not null`],
    /is a duplicate, and has lines/,
  ],
  [
    "inbound-bytes",
    "a stored byte was changed",
    [sql`update inbound_bytes set bytes = set_byte(bytes, 20, get_byte(bytes, 20) # 1)`],
    /cannot be opened/,
  ],
  [
    "inbound-bytes",
    "stored bytes are gone",
    [sql`delete from inbound_bytes`],
    /0 bytes are stored, [0-9]+ came/,
  ],
  [
    "inbound-bytes",
    "the hash is another's",
    [sql`update inbound_file set sha256 = set_byte(sha256, 0, get_byte(sha256, 0) # 1)`],
    /another SHA-256/,
  ],
];

describe("what is planted is found, named and placed", () => {
  test.each(PLANTED)("%s: %s", async (check, _, statements, what) => {
    if (check === "inbound-taken-once") {
      await database.owner.execute(sql`drop index if exists inbound_file_identity`);
    }

    await plant(...statements);

    const own = (await violations()).filter((violation) => violation.check === check);
    expect(own.map((violation) => violation.what)).toContainEqual(expect.stringMatching(what));
    expect(own[0]?.client).toMatch(/^client-/);
    expect(own[0]?.at).not.toBe("");
  });

  test("every check is planted against", () => {
    const planted = new Set(PLANTED.map(([check]) => check));
    const names = [...INBOUND_CHECKS, INBOUND_BYTES_CHECK].map((check) => check.name);

    expect(names.filter((name) => !planted.has(name))).toEqual([]);
  });
});
