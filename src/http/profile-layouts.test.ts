/** A profile is given another layout over HTTP: shown before, saved once, old files untouched. */
import { expect, test } from "vitest";

import { CARD, useCaseApi } from "../../test/support/http-case.ts";
import { call } from "../../test/support/http.ts";
import { PAIN_VALUES } from "../../test/support/trial-file.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";

const db = useDatabase();
const { admin, get, operate, opened, post, server } = useCaseApi(db, {
  batchProfiles: {
    nightly: {
      layout: "generic-csv",
      marker: "TEST",
      delivery: { kind: "byHand" },
      statementTexts: { ProvisionalCredit: "Money for now" },
    },
  },
});
const PATH = "/v1/clients/harbor/batch-profiles/nightly/layout";

const own = (version: string, ...sources: string[]) => ({
  format: "delimited",
  name: "own",
  version,
  detail: { per: "entry", fields: sources.map((from) => ({ name: from, from })) },
});

async function version(): Promise<number> {
  return Number((await get(PATH)).body["version"]);
}

const put = async (body: unknown, query = "", at?: number) =>
  call(server().app, admin(), "PUT", `${PATH}${query}`, { body, version: at ?? (await version()) });

test("a dry run says what would change and saves nothing; saved, files go by it", async () => {
  const { dispute } = await opened();
  await operate(dispute, "issueProvisionalCredit", { amount: "60.00" });

  const shown = await put({ layout: own("1", "claim", "amount") }, "?dryRun=true");
  const before = await get(PATH);
  const saved = await put({ layout: own("1", "claim", "amount") });
  const after = await get(PATH);
  const made = await post("/v1/batches", { body: { client: "harbor" } });

  expect(shown.status).toBe(200);
  expect(shown.body).toMatchObject({
    name: "own",
    layoutVersion: "1",
    changes: [{ pointer: "/layout", before: '"generic-csv"' }],
  });
  expect(before.body).toMatchObject({ shipped: "generic-csv", kept: [] });
  expect(saved.status).toBe(200);
  expect(after.body).toMatchObject({
    shipped: null,
    layout: own("1", "claim", "amount"),
    kept: [{ version: "1", sha256: saved.body["sha256"] }],
  });
  const [one] = made.body["generated"] as { files: { id: string }[] }[];
  const content = await get(`/v1/batches/${one?.files[0]?.id ?? ""}/content`);
  expect(content.text).toMatch(/^claim,amount\r\n2611\d+C,60\.00\r\n$/);
  const audited = await db.query(sql`
    select subject, reason from audit where action = 'configureBatchLayout'
  `);
  expect(audited).toMatchObject([
    { subject: "batchProfile/nightly", reason: expect.stringContaining("own 1, SHA-256") },
  ]);
});

test("one name and version is one content for ever", async () => {
  await put({ layout: own("1", "claim") });

  const changed = await put({ layout: own("1", "claim", "amount") });
  const raised = await put({ layout: own("2", "claim", "amount") });

  expect(changed.status).toBe(422);
  expect(changed.body).toMatchObject({
    code: "configuration-invalid",
    errors: [{ pointer: "/version" }],
  });
  expect(raised.status).toBe(200);
  const kept = (await get(PATH)).body["kept"] as { version: string }[];
  expect(kept.map((one) => one.version).toSorted()).toEqual(["1", "2"]);
});

test("a layout with faults is refused, and so is one of what changed since", async () => {
  const old = await version();
  const unknown = await put({ layout: own("1", "nothingKnown") });
  const nameless = await put({ layout: "no-such-layout" });
  await put({ layout: own("1", "claim") });
  const stale = await put({ layout: own("2", "amount") }, "", old);

  expect([unknown.status, nameless.status, stale.status]).toEqual([422, 422, 412]);
  expect(unknown.body["errors"]).toMatchObject([{ pointer: "/detail/fields/0" }]);
});

test("own accounts that a bank would refuse are refused in the values given", async () => {
  const values = { ...PAIN_VALUES, iban: "DE89 3704 0044 0532 0130 00" };
  const { account: _, ...one } = { ...PAIN_VALUES, iban: "DE89370400440532013000" };

  const both = await put({ layout: "pain-001", values }, "?dryRun=true");
  const right = await put({ layout: "pain-001", values: one });

  expect(both.status).toBe(422);
  expect(both.body["errors"]).toMatchObject([
    { pointer: "/values/account" },
    { pointer: "/values/iban", detail: "an IBAN is written without blanks" },
  ]);
  expect(right.status).toBe(200);
});

test("a profile that sends empty files is not given a layout of payments", async () => {
  await db.execute(sql`
    update client set version = version + 1, settings = jsonb_set(
      settings::jsonb, '{batchProfiles,nightly,emptyFile}', '"send"') where id = 'harbor'`);

  const refused = await put({ layout: "pain-008", values: PAIN_VALUES });

  expect(refused.status).toBe(422);
  expect(refused.body["errors"]).toMatchObject([
    { pointer: "/layout", detail: expect.stringContaining("emptyFile is send") as string },
  ]);
  expect((await put({ layout: "json-lines" })).status).toBe(200);
});

test("a preview shows what is pending, and never the holder's number", async () => {
  const { dispute, claim } = await opened();
  await operate(dispute, "issueProvisionalCredit", { amount: "60.00" });
  const layout = own("1", "claim", "amount", "statementText", "accountNumber");

  const { body } = await post("/v1/batch-layouts/preview", {
    body: { layout, client: "harbor", profile: "nightly", accountNumber: "1111" },
  });

  expect(body["lines"]).toMatchObject([
    { part: "header" },
    { part: "detail", text: `${claim},60.00,Money for now,1111` },
  ]);
  expect(JSON.stringify(body)).not.toContain(CARD);
});
