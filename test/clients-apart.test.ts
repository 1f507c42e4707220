/**
 * Two clients in one installation: whoever may only see one of them reads nothing of the other and
 * changes nothing of it, by whatever operation the API has.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { sql } from "../src/database/sql.ts";
import { seededRandom } from "../src/rehearsal/seeded-random.ts";
import { answerFile } from "./support/answers.ts";
import type { Description } from "./support/hostile-requests.ts";
import { soundRequests } from "./support/hostile-requests.ts";
import { CARD, useCaseApi } from "./support/http-case.ts";
import { useDatabase } from "./support/use-database.ts";

const db = useDatabase();
const { client, get, opened, operate, post, server } = useCaseApi(db, {
  batchProfiles: {
    nightly: {
      layout: "generic-csv",
      marker: "TEST",
      delivery: { kind: "byHand" },
      basis: "onAcknowledgement",
      returnFile: { format: "csv" },
    },
  },
});

test("a key of one client reads and changes nothing of another, whatever it asks", async () => {
  const secret = await harborLives();
  await client("prairie");
  const stranger = await server().keyFor("stranger", undefined, ["prairie"]);
  const path = join(import.meta.dirname, "..", "openapi.json");
  const description = JSON.parse(await readFile(path, "utf8")) as Description;
  const told: string[] = [];
  const before = await harborsRows();

  for (const request of soundRequests(description, seededRandom(1), secret.known)) {
    if (request.operationId === "signOut") continue;
    for (const query of ["", "?client=harbor", "?limit=500"]) {
      const response = await server().app.inject({
        method: request.method as "GET",
        url: request.url + query,
        headers: { ...request.headers, authorization: `Bearer ${stranger}` },
        ...(request.payload === undefined ? {} : { payload: request.payload }),
      });
      const { statusCode: status, body } = response;
      if (status >= 400) continue;
      const found = secret.words.filter((word) => body.includes(word));
      if (found.length === 0) continue;
      told.push(`${request.method} ${request.url}${query} ${status} tells ${found.join(", ")}`);
    }
  }

  expect(told).toEqual([]);
  expect(await harborsRows()).toBe(before);
});

/** Something of each kind that a client can have; what of it nobody else may read. */
async function harborLives() {
  const { claim, dispute } = await opened();
  await operate(dispute, "issueProvisionalCredit", { amount: "40.00" });
  await operate((await opened()).dispute, "denyDispute", { amount: "100.00", reason: "harborial" });
  const { body } = await post("/v1/batches", { body: { client: "harbor" } });
  const [one] = body["generated"] as { files: { id: string }[] }[];
  const batch = one?.files[0]?.id ?? "";
  const text = { "content-type": "text/csv" };
  const answer = answerFile("ACK-H", [{ reference: "lost", status: "accepted" }]);
  const inboundUrl = "/v1/inbound-files?client=harbor&profile=nightly&name=harborial.csv";
  const inbound = await post(inboundUrl, { body: answer, headers: text });
  const { dispute: third } = await opened();
  await operate(third, "issueProvisionalCredit", { amount: "41.17" });
  const job = await post("/v1/jobs", {
    body: { kind: "note", filter: { client: "harbor" }, action: { text: "harborial" } },
  });
  const idsOf = async (url: string): Promise<string[]> =>
    (await get(url)).body.items.map((item) => String(item["id"]));
  const rows = await db.query<{ id: string }>(sql`select id from account_number`);
  const known: Record<string, string[]> = {
    claims: [claim],
    disputes: [dispute],
    adjustments: await idsOf("/v1/adjustments"),
    assignments: await idsOf("/v1/assignments"),
    approvals: await idsOf("/v1/approvals"),
    batches: [batch],
    "inbound-files": [String(inbound.body["id"])],
    jobs: [String(job.body["id"])],
    clients: ["harbor"],
    services: ["core"],
    "batch-profiles": ["nightly"],
    accounts: rows.map((row) => row.id),
    "batch-alarms": await idsOf("/v1/batch-alarms"),
  };
  const present = Object.fromEntries(Object.entries(known).filter(([, ids]) => ids.length > 0));
  const ids = Object.entries(present).flatMap(([kind, list]) =>
    ["clients", "services", "batch-profiles"].includes(kind) ? [] : list,
  );
  // Numbers of claims and disputes are counted per client: another may have the same.
  const words = ids.filter((id) => /-/.test(id) && id !== "undefined");
  return { known: present, words: [...words, "harborial", "41.17", CARD] };
}

/** Of every table that says whose its rows are, how many are harbor's, and their versions. */
async function harborsRows(): Promise<string> {
  const { rows } = await db.one<{ rows: string }>(sql`
    select concat_ws(' ',
      (select count(*) from operation where client_id = 'harbor'),
      (select count(*) from entry where client_id = 'harbor'),
      (select count(*) from transition where client_id = 'harbor'),
      (select count(*) || '/' || sum(version) from adjustment where client_id = 'harbor'),
      (select count(*) || '/' || sum(version) from assignment where client_id = 'harbor'),
      (select count(*) from claim where client_id = 'harbor'),
      (select count(*) from batch_file where client_id = 'harbor'),
      (select count(*) from inbound_line where client_id = 'harbor'),
      (select count(*) from approval_request where client_id = 'harbor'),
      (select version from client where id = 'harbor'),
      (select count(*) from outbox where client_id = 'harbor')) as rows`);
  return rows;
}
