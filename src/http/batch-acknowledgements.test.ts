/** A person's word on a file over HTTP: of the whole, of lines, above a tier, by whoever may. */
import { expect, test } from "vitest";

import { useCaseApi } from "../../test/support/http-case.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";

const SETTINGS = {
  batchProfiles: {
    nightly: { layout: "generic-csv", marker: "TEST", delivery: { kind: "byHand" } },
  },
  approvals: { attestation: [{ above: "100.00", levels: 1 }] },
};

const db = useDatabase();
const { get, opened, operate, post, server } = useCaseApi(db, SETTINGS);

interface Made {
  readonly id: string;
  readonly version: number;
  readonly adjustments: readonly string[];
}

async function aFile(...amounts: readonly string[]): Promise<Made> {
  for (const amount of amounts) {
    const { dispute } = await opened();
    await operate(dispute, "issueProvisionalCredit", { amount });
  }
  const { body } = await post("/v1/batches", { body: { client: "harbor" } });
  const [one] = body["generated"] as { files: { id: string }[] }[];
  const id = one?.files[0]?.id ?? "";
  const lines = await get(`/v1/batches/${id}/lines`);
  const version = Number((await get(`/v1/batches/${id}`)).body["version"]);
  return { id, version, adjustments: lines.body.items.map((line) => String(line["adjustment"])) };
}

const told = (file: Made, body: object, key?: string, version = file.version) =>
  post(
    `/v1/batches/${file.id}/acknowledgements`,
    { body: { reference: "call 4471", ...body }, version },
    key,
  );

async function statesOf({ id }: Made): Promise<unknown[]> {
  const { body } = await get(`/v1/batches/${id}/lines`);
  return body.items.map((line) => [line["state"], line["outcome"], line["reference"]]);
}

test("that of which the machine cannot tell is settled by a person who looked", async () => {
  const file = await aFile("60.00", "30.00");
  await db.owner.execute(sql`update batch_file set state = 'deliveryUnknown'`);

  const answer = await told(file, {});

  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({
    batch: { id: file.id, state: "acknowledged" },
    settled: 2,
    moved: 2,
    waits: null,
  });
  expect(await statesOf(file)).toEqual([
    ["executed", "acknowledged", "call 4471"],
    ["executed", "acknowledged", "call 4471"],
  ]);
});

test("lines that it names are refused, the others stay open", async () => {
  const file = await aFile("60.00", "30.00");

  const answer = await told(file, { answer: "refused", adjustments: [file.adjustments[1]] });

  expect(answer.body).toMatchObject({ batch: { state: "generated" }, settled: 1, moved: 1 });
  expect(await statesOf(file)).toEqual([
    ["inFile", null, null],
    ["batchFailed", "refused", "call 4471"],
  ]);
});

test("above the tier nothing is done until somebody else agrees", async () => {
  const file = await aFile("80.00", "30.00");

  const answer = await told(file, {});

  expect(answer.status).toBe(202);
  expect(answer.body).toMatchObject({ settled: 0, waits: "approvals.attestation.0" });
  expect((await statesOf(file))[0]).toEqual(["inFile", null, null]);
  const { body } = await get("/v1/approvals");
  expect(body.items).toMatchObject([{ kind: "fileAttestation", state: "waiting" }]);
});

test("it is taken from whoever may, about a file as it is, with a reference", async () => {
  const file = await aFile("60.00");
  const viewer = await server().keyFor("viewer", ["viewer"]);
  const elsewhere = await server().keyFor("elsewhere", undefined, []);
  const strange = "0190aaaa-0000-7000-8000-000000000000";

  const answers = [
    await told(file, {}, viewer),
    await told(file, {}, elsewhere),
    await told(file, {}, undefined, 99),
    await told(file, { reference: " " }),
    await told(file, { adjustments: [strange] }),
  ];

  expect(answers.map((one) => one.status)).toEqual([403, 404, 412, 422, 422]);
  expect(await statesOf(file)).toEqual([["inFile", null, null]]);
});

test("of a void file nothing can be said any more", async () => {
  const file = await aFile("60.00");
  await post(`/v1/batches/${file.id}/regenerations`, {
    body: { statement: "notReceived", reason: "their desk says so" },
    version: file.version,
  });
  const { body } = await get(`/v1/batches/${file.id}`);

  const answer = await told(file, {}, undefined, Number(body["version"]));

  expect([answer.status, answer.body["code"]]).toEqual([409, "transition-refused"]);
});
