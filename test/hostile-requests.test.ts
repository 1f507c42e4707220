/**
 * What openapi.json describes, called as nobody should: no answer is a mistake of ours, none keeps
 * the server busy, every refusal is a problem with a code, and what was refused is not half done.
 * FUZZ_REQUESTS and FUZZ_SEED ask for more, and for the same again.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { sql } from "../src/database/sql.ts";
import { seededRandom } from "../src/rehearsal/seeded-random.ts";
import type { Description } from "./support/hostile-requests.ts";
import { hostileRequest } from "./support/hostile-requests.ts";
import { useCaseApi } from "./support/http-case.ts";
import { SERVICE_AND_BATCH } from "./support/service-and-batch.ts";
import { useDatabase } from "./support/use-database.ts";

const REQUESTS = Number(process.env["FUZZ_REQUESTS"] ?? 1000);
const SEED = Number(process.env["FUZZ_SEED"] ?? 7);
const LONGEST_MILLISECONDS = 2000;

const db = useDatabase();
const { admin, get, opened, operate, server } = useCaseApi(db, SERVICE_AND_BATCH);

test(
  `${REQUESTS} hostile requests from seed ${SEED}`,
  { timeout: 60_000 + REQUESTS * 50 },
  async () => {
    const description = await described();
    const known = await somethingOfEach();
    const random = seededRandom(SEED);
    const wrong: string[] = [];
    let rows = await rowsKept();
    const answered = new Map<number, number>();
    for (let ordinal = 0; ordinal < REQUESTS; ordinal += 1) {
      const request = hostileRequest(description, random, known);
      const { method, url, headers, payload } = request;
      const began = performance.now();
      const response = await server().app.inject({
        method: method as "GET",
        url,
        headers: { ...headers, authorization: `Bearer ${admin()}` },
        ...(payload === undefined ? {} : { payload }),
      });
      const took = performance.now() - began;
      const { statusCode: status } = response;
      answered.set(status, (answered.get(status) ?? 0) + 1);
      const shown = [ordinal, method, url, JSON.stringify(headers), payload]
        .map((part) => String(part).slice(0, 400))
        .join(" ");
      if (status >= 500) wrong.push(`${status} to ${shown}: ${response.body.slice(0, 300)}`);
      if (took > LONGEST_MILLISECONDS) wrong.push(`${Math.round(took)} ms for ${shown}`);
      if (status >= 400 && !isProblem(response)) wrong.push(`no problem+json to ${shown}`);
      const now = await rowsKept();
      if (status >= 400 && now !== rows) wrong.push(`${status} but ${rows} -> ${now}: ${shown}`);
      rows = now;
    }

    expect(wrong).toEqual([]);
    expect(answered.get(200)).toBeGreaterThan(REQUESTS / 20);
  },
);

async function described(): Promise<Description> {
  const text = await readFile(join(import.meta.dirname, "..", "openapi.json"), "utf8");
  return JSON.parse(text) as Description;
}

/** One of each thing that a path names, as far as a case has it. */
async function somethingOfEach(): Promise<Record<string, readonly string[]>> {
  const first = await opened();
  const second = await opened();
  await operate(first.dispute, "issueProvisionalCredit", { amount: "40.00" });
  await operate(second.dispute, "denyDispute", { amount: "100.00", reason: "no grounds" });
  const idsOf = async (url: string): Promise<string[]> =>
    (await get(url)).body.items.map((one) => String(one["id"]));
  return {
    claims: [first.claim, second.claim],
    disputes: [first.dispute, second.dispute],
    adjustments: await idsOf("/v1/adjustments"),
    assignments: await idsOf("/v1/assignments"),
    clients: ["harbor"],
    services: ["core"],
    "batch-profiles": ["nightly"],
    accounts: (await db.query<{ id: string }>(sql`select id from account_number limit 5`)).map(
      (one) => one.id,
    ),
  };
}

function isProblem(response: { headers: Record<string, unknown>; body: string }): boolean {
  if (!String(response.headers["content-type"]).includes("application/problem+json")) return false;
  const { code, detail, remedy } = JSON.parse(response.body) as Record<string, unknown>;
  return [code, detail, remedy].every((one) => typeof one === "string" && one !== "");
}

/** How many rows what a command writes has; what is kept of refusals is no part of it. */
async function rowsKept(): Promise<string> {
  const { rows } = await db.one<{ rows: string }>(sql`
    select concat_ws(' ',
      (select count(*) from operation where state <> 'refused'), (select count(*) from entry),
      (select count(*) from adjustment), (select count(*) from assignment),
      (select count(*) from claim), (select count(*) from dispute),
      (select count(*) from job), (select count(*) from outbox),
      (select count(*) from http_answer)) as rows`);
  return rows;
}
