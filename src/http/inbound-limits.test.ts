/** Return files over HTTP: which of them wait, and what is too much. */
import { expect, test } from "vitest";

import { answerFile } from "../../test/support/answers.ts";
import { useCaseApi } from "../../test/support/http-case.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { LONGEST_LINE } from "../formats/read/limits.ts";

const profile = (format: string) => ({
  layout: "generic-csv",
  marker: "TEST",
  delivery: { kind: "byHand" },
  returnFile: { format },
});
const SETTINGS = {
  batchProfiles: { nightly: profile("csv"), statements: profile("camt.053") },
};
const MIB = 1024 ** 2;

const db = useDatabase();
const { get, post } = useCaseApi(db, SETTINGS);

function upload(name: string, body: string | Buffer, more: Record<string, string> = {}) {
  const of = name.endsWith(".xml") ? "statements" : "nightly";
  const url = `/v1/inbound-files?client=harbor&profile=${of}&name=${name}`;
  return post(url, { body, headers: { "content-type": "text/csv", ...more } });
}

const lost = { reference: "lost", amount: "60.00", side: "credit", status: "refused" };

test("files that wait are listed by what they wait for, page by page", async () => {
  await upload("nothing.csv", answerFile("A", []));
  await upload("refused.csv", "no answer at all");
  for (const at of [1, 2, 3]) await upload(`lost-${at}.csv`, answerFile(`L-${at}`, [lost]));
  await upload("differs.csv", answerFile("D", [lost], { count: 9 }));
  const namesOf = (items: readonly Record<string, unknown>[]) =>
    items.map((file) => `${String(file["name"])} ${String(file["waits"])}`);

  const all = await get("/v1/inbound-files?client=harbor");
  const waiting = await get("/v1/inbound-files?client=harbor&waits=any");
  const first = await get("/v1/inbound-files?client=harbor&waits=decisions&limit=2");
  const cursor = encodeURIComponent(String(first.body.next));
  const next = await get(
    `/v1/inbound-files?client=harbor&waits=decisions&limit=2&cursor=${cursor}`,
  );
  const foreign = await get(`/v1/inbound-files?client=harbor&waits=any&limit=2&cursor=${cursor}`);

  expect(all.body.items).toHaveLength(6);
  expect(namesOf(waiting.body.items)).toEqual([
    "differs.csv release",
    "lost-3.csv decisions",
    "lost-2.csv decisions",
    "lost-1.csv decisions",
  ]);
  expect(namesOf(first.body.items)).toEqual(["lost-3.csv decisions", "lost-2.csv decisions"]);
  expect(namesOf(next.body.items)).toEqual(["lost-1.csv decisions"]);
  expect(next.body.next).toBeNull();
  expect(foreign).toMatchObject({ status: 400, body: { code: "cursor-invalid" } });
  expect((await get("/v1/inbound-files?waits=nothing")).status).toBe(400);
});

test("a profile says how long an answer may be, and a longer one is refused by that", async () => {
  const profiles = (await get("/v1/batch-profiles?client=harbor")).body.items;
  expect(profiles.map((one) => [one["name"], one["returnMostBytes"]])).toEqual([
    ["nightly", 128 * MIB],
    ["statements", 32 * MIB],
  ]);

  expect(await upload("long.xml", Buffer.alloc(32 * MIB + 1))).toMatchObject({
    status: 413,
    body: {
      code: "body-too-large",
      detail: "long.xml has more than 32 MiB, the most of camt.053",
      facts: { limitBytes: 32 * MIB },
    },
  });
  expect(await upload("long.csv", "", { "content-length": String(128 * MIB + 1) })).toMatchObject({
    status: 413,
    body: {
      code: "body-too-large",
      detail: `the body has more than ${128 * MIB} bytes`,
      facts: { limitBytes: 128 * MIB },
    },
  });
  expect((await get("/v1/inbound-files?client=harbor")).body.items).toEqual([]);
});

test("a packed body is refused, and so is a packed file", async () => {
  expect(await upload("a.csv", "abc", { "content-encoding": "gzip" })).toMatchObject({
    status: 415,
    body: { detail: "the body is packed (gzip): send it as it is" },
  });

  const packed = await upload("a.csv", Buffer.from("504b03040000", "hex"));
  const long = await upload("b.csv", `AH,B\nrecord\n${"x".repeat(LONGEST_LINE + 1)}\nAT,0,,\n`);

  expect(packed.body).toMatchObject({
    state: "refused",
    faults: [{ line: null, place: "encoding", reason: "is packed (zip): send it unpacked" }],
  });
  expect(long.body).toMatchObject({ state: "refused", faults: [{ line: 3, place: "line" }] });
});

test("no account number of a file is told: not by its identity, a code or a fault", async () => {
  const card = "4111111111111111";
  const line = { ...lost, code: card, reason: `card ${card}` };
  const one = await upload("one.csv", answerFile(card, [line]));
  const other = await upload("two.csv", answerFile("4111110000091111", [line]));
  const same = await upload("three.csv", `${answerFile(card, [line])}\n`);
  const wrong = await upload("four.csv", answerFile("W", [{ ...lost, status: card }]));
  const lines = await get(`/v1/inbound-files/${String(one.body["id"])}/lines`);

  expect(one.body["identity"]).toMatch(/^411111••••1111 #[0-9a-f]{16}$/);
  expect(other.body).toMatchObject({ state: "partlyMatched", duplicateOf: null });
  expect(same.body).toMatchObject({ state: "refused", duplicateOf: one.body["id"] });
  expect(lines.body.items).toMatchObject([{ code: "411111••••1111" }]);
  expect(wrong.body["problem"]).toContain("411111••••1111");
  const kept = await db.query(sql`
    select to_jsonb(f) as row from inbound_file f
    union all
    select to_jsonb(l) from inbound_line l
  `);
  expect(JSON.stringify([kept, same.body, wrong.body, lines.body])).not.toMatch(
    /4111111111111111|4111110000091111/,
  );
});
