/** Evidence of a posting made by hand: what is kept, what is refused, who may see it. */
import { expect, test } from "vitest";

import { useCaseApi } from "../../test/support/http-case.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { mediaTypeOf } from "../manual/media-type.ts";

const db = useDatabase();
const { assignmentOf, client, get, opened, operate, post, server } = useCaseApi(db, {
  manual: { evidence: { required: true, maximumBytes: 2000, maximumFiles: 2 } },
});

const PDF = Buffer.from("%PDF-1.7 posted 100.00 to 4000123412341234");

async function work(bank?: string) {
  const { dispute } = await opened(bank);
  await operate(dispute, "issueProvisionalCredit");
  const { body } = await assignmentOf(dispute);
  const url = `/v1/assignments/${String(body["id"])}`;
  return { dispute, url, version: Number(body["version"]) };
}

const BYTES = { "content-type": "application/octet-stream" };

function show(url: string, bytes: Buffer, name = "print.pdf", key?: string) {
  return post(
    `${url}/evidence?name=${encodeURIComponent(name)}`,
    { body: bytes, headers: BYTES },
    key,
  );
}

const STATED = { reference: "CORE-1", postingDate: "2026-11-16", attested: true };

test("kept sealed and hashed, and the attestation rests on it", async () => {
  const { url, version } = await work();

  const shown = await show(url, PDF, '../../screen "shot".pdf');
  const again = await show(url, PDF);
  const evidence = [String(shown.body["id"])];
  const done = await post(`${url}/completion`, { version, body: { ...STATED, evidence } });

  expect([shown.status, again.status]).toEqual([201, 200]);
  expect(again.body["id"]).toBe(shown.body["id"]);
  expect(shown.body).toMatchObject({
    name: "screen shot.pdf",
    mediaType: "application/pdf",
    sizeBytes: PDF.length,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    attestations: [],
  });
  expect(done.body).toMatchObject({ outcome: "executed" });
  const { body } = await get(`${url}/evidence`);
  expect(body.items).toMatchObject([{ id: evidence[0], attestations: [expect.any(String)] }]);
  const [stored] = await db.query<{ clear: boolean }>(sql`
    select position(convert_to('4000123412341234', 'utf8') in bytes) > 0 as clear
    from evidence_chunk`);
  expect(stored?.clear).toBe(false);
});

test("read by those who may, as it came, and on record", async () => {
  const { url } = await work();
  const shown = await show(url, PDF);
  const at = `/v1/evidence/${String(shown.body["id"])}`;

  const read = await get(at);
  const viewer = await get(at, await server().keyFor("viewer", ["viewer"]));
  const elsewhere = await get(at, await server().keyFor("other", ["approver"], []));

  expect(read.text).toBe(PDF.toString());
  expect(read.headers["content-disposition"]).toBe("attachment; filename*=UTF-8''print.pdf");
  expect(read.headers["content-type"]).toBe("application/pdf");
  expect([viewer.status, elsewhere.status]).toEqual([403, 404]);
  const rows = await db.query(sql`select actor from audit where action = 'readEvidence'`);
  expect(rows).toEqual([{ actor: "key:admin" }]);
});

test.each([
  ["a page that a browser would run", Buffer.from("<html><script>alert(1)</script>")],
  ["a drawing with scripts", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"></svg>')],
  ["a program", Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0])],
  ["an archive", Buffer.from([0x50, 0x4b, 3, 4, 0])],
  ["nothing", Buffer.alloc(0)],
  ["too much", Buffer.concat([PDF, Buffer.alloc(2000, 0x20)])],
])("%s is refused, whatever its name", async (_, bytes) => {
  const { url } = await work();

  const refused = await show(url, bytes, "statement.pdf");

  expect(refused.status).toBeGreaterThanOrEqual(400);
  expect(refused.status).toBeLessThan(500);
  expect((await get(`${url}/evidence`)).body.items).toEqual([]);
});

test("a client says which kinds and how many", async () => {
  await client("strict", { manual: { evidence: { types: ["image/png"], maximumFiles: 1 } } });
  const png = (last: number) => Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, last]);
  const { url, version } = await work("strict");

  const pdf = await show(url, PDF);
  const one = await show(url, png(1));
  const two = await show(url, png(2));
  const without = await post(`${url}/completion`, { version, body: STATED });

  expect([pdf.status, one.status, two.status]).toEqual([422, 201, 422]);
  expect(String(pdf.body["detail"])).toContain("image/png are kept");
  // Not required here.
  expect(without.status).toBe(200);
});

test("required, it has to be there, and of this posting", async () => {
  const { url, version } = await work();
  const other = await work();
  const shown = await show(other.url, PDF);

  const none = await post(`${url}/completion`, { version, body: STATED });
  const foreign = await post(`${url}/completion`, {
    version,
    body: { ...STATED, evidence: [shown.body["id"]] },
  });

  for (const answer of [none, foreign]) {
    expect([answer.status, answer.body["code"]]).toEqual([422, "input-invalid"]);
    expect(answer.body["errors"]).toMatchObject([{ pointer: "/evidence" }]);
  }
});

test("nothing of it is ever changed, and altered bytes are told", async () => {
  const { url } = await work();
  const shown = await show(url, PDF);

  const rename = () => db.execute(sql`update evidence set name = 'other.pdf'`);
  const remove = () => db.execute(sql`delete from evidence_chunk`);
  await expect(rename()).rejects.toThrow(/append-only|permission denied/);
  await expect(remove()).rejects.toThrow(/append-only|permission denied/);
  await db.owner.execute(sql`alter table evidence_chunk disable trigger append_only`);
  await db.owner.execute(sql`
    update evidence_chunk set bytes = set_byte(bytes, 40, get_byte(bytes, 40) # 1)`);
  await db.owner.execute(sql`alter table evidence_chunk enable trigger append_only`);
  const altered = await get(`/v1/evidence/${String(shown.body["id"])}`);

  expect(altered.status).toBe(500);
});

test("what is closed takes no more, and what somebody has is theirs", async () => {
  const { url, version } = await work();
  const shown = await show(url, PDF);
  const key = await server().keyFor("ben", ["analyst"]);
  const taken = await post(`${url}/take`, { version }, key);

  const others = await show(url, Buffer.from("plain text"));
  const evidence = [shown.body["id"]];
  await post(
    `${url}/completion`,
    { version: Number(taken.body["version"]), body: { ...STATED, evidence } },
    key,
  );
  const late = await show(url, Buffer.from("late"), "late.txt", key);

  expect([others.status, others.body["code"]]).toEqual([409, "assignment-taken"]);
  expect([late.status, late.body["code"]]).toEqual([409, "assignment-closed"]);
});

test.each([
  ["application/pdf", Buffer.from("%PDF-1.4")],
  ["image/jpeg", Buffer.from([0xff, 0xd8, 0xff, 0xe0])],
  ["image/tiff", Buffer.from([0x49, 0x49, 0x2a, 0x00])],
  ["text/plain", Buffer.from("Überweisung\t100,00\r\n")],
  [null, Buffer.from([0xc3, 0x28])],
  [null, Buffer.from("  <?xml version='1.0'?>")],
])("bytes tell their kind: %s", (type, bytes) => {
  expect(mediaTypeOf(bytes)).toBe(type);
});
