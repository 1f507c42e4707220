import { unlink } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import {
  aBatchClient,
  aDirectory,
  filesIn,
  pendingCredits,
  stateOf,
} from "../../test/support/batch.ts";
import { batchDesk, PROFILE, SENDING } from "../../test/support/batch-desk.ts";
import { testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { Failure } from "../kernel/failure.ts";
import { acknowledge } from "./acknowledge.ts";
import type { Acknowledgement } from "./acknowledge.ts";
import { generateNow } from "./generate.ts";
import { askNextFile } from "./next-file.ts";
import type { RegenerationRequest } from "./regenerate.ts";
import { previewRegeneration, regenerate } from "./regenerate.ts";
import { verifyFile } from "./writing/render-again.ts";
import { resend } from "./resend.ts";
import { transmitNext } from "./transmit.ts";
import type { FileRow } from "./views.ts";
import { linesOfFile } from "./line-views.ts";
import { fileById, listFiles } from "./views.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = batchDesk(engine);

interface Sent {
  readonly client: string;
  readonly directory: string;
  readonly adjustments: string[];
  readonly fileId: string;
}

/** A file of the amounts given, generated, and sent unless told otherwise. */
async function aFile(
  profile: Record<string, unknown> = {},
  options: { amounts?: string[]; sent?: boolean } = {},
): Promise<Sent> {
  const directory = await aDirectory();
  const client = await aBatchClient(engine, directory, profile);
  const amounts = options.amounts ?? ["10.00", "20.00", "30.00"];
  const adjustments = await pendingCredits(engine, client, amounts);
  const { files } = await generateNow(desk, { clientId: client, profile: PROFILE, actor: "ann" });
  if (options.sent ?? true) await transmitNext(desk, SENDING);
  return { client, directory, adjustments, fileId: files[0]?.id ?? "" };
}

function requestFor(sent: Sent, more: Partial<RegenerationRequest> = {}): RegenerationRequest {
  return {
    clientId: sent.client,
    fileId: sent.fileId,
    statement: "notReceived",
    reason: "their inbox was empty",
    actor: "ann",
    secondPerson: null,
    ...more,
  };
}

function answer(sent: Sent, more: Partial<Acknowledgement> = {}): Acknowledgement {
  return {
    clientId: sent.client,
    fileId: sent.fileId,
    adjustmentIds: null,
    answer: "accepted",
    reference: "ACK-1",
    actor: "ann",
    ...more,
  };
}

async function states(sent: Sent): Promise<string[]> {
  return Promise.all(sent.adjustments.map((id) => stateOf(engine, id)));
}

async function executed(): Promise<string> {
  const row = await db.one<{ sum: string }>(sql`
    select coalesce(sum(executed_minor), 0)::text as sum from balance
    where collection = 'accountHolder'
  `);
  return row.sum;
}

async function fileOf(sent: Sent): Promise<FileRow> {
  const file = await fileById(db, sent.client, sent.fileId);
  if (file === undefined) throw new Error("no file");
  return file;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof Failure ? error.code : String(error);
}

test("regenerated: the old file is void, the next number holds the same movements", async () => {
  const sent = await aFile();
  expect(await executed()).toBe("6000");
  await unlink(join(sent.directory, (await fileOf(sent)).fileName));

  const done = await regenerate(desk, requestFor(sent));

  expect(done).toMatchObject({
    cameBack: 3,
    refused: 0,
    voided: { state: "void", voidStatement: "notReceived", voidedBy: "ann" },
    files: [{ sequence: 2n, totals: { adjustmentCount: 3, creditMinor: 6000n } }],
  });
  // Assumed to be executed and now disproved: the money is not there.
  expect(await executed()).toBe("0");
  expect(await states(sent)).toEqual(["inFile", "inFile", "inFile"]);
  const fresh = await fileById(db, sent.client, done.files[0]?.id ?? "");
  expect(fresh).toMatchObject({ supersedesId: sent.fileId });
  expect((await fileOf(sent)).supersededById).toBe(fresh?.id);
  await transmitNext(desk, SENDING);
  expect(await executed()).toBe("6000");
  expect(Object.values(await filesIn(sent.directory))[0]).toContain(`,${fresh?.id},2,1,`);
  for (const id of [sent.fileId, fresh?.id ?? ""]) {
    expect(await verifyFile(desk, sent.client, id)).toMatchObject({ faults: [] });
  }
});

test("what was acknowledged never comes back, only the rest leaves", async () => {
  const sent = await aFile({ basis: "onAcknowledgement" });
  await acknowledge(desk, answer(sent, { adjustmentIds: [sent.adjustments[1] as string] }));

  const preview = await previewRegeneration(desk, requestFor(sent));
  const done = await regenerate(desk, requestFor(sent, { statement: "rejected" }));

  expect(preview.sums).toEqual([
    { fate: "comesBack", count: 2n, amountMinor: "4000" },
    { fate: "posted", count: 1n, amountMinor: "2000" },
  ]);
  expect(done.files[0]?.totals).toMatchObject({ adjustmentCount: 2, creditMinor: 4000n });
  expect(await states(sent)).toEqual(["inFile", "executed", "inFile"]);
  const lines = await linesOfFile(db, { clientId: sent.client, fileId: sent.fileId }, 0n, 10);
  expect(lines.map((line) => [line.live, line.outcome])).toEqual([
    [false, "released"],
    [true, "acknowledged"],
    [false, "released"],
  ]);
});

test("acknowledged after it was assumed, a line stays out of the regeneration too", async () => {
  const sent = await aFile();
  await acknowledge(desk, answer(sent, { adjustmentIds: [sent.adjustments[0] as string] }));

  const done = await regenerate(desk, requestFor(sent));

  expect(done.files[0]?.totals.creditMinor).toBe(5000n);
  expect(await states(sent)).toEqual(["executed", "inFile", "inFile"]);
  expect(await executed()).toBe("1000");
});

test("only what the void file gave back is regenerated; what is newly pending waits", async () => {
  const sent = await aFile();
  const [fresh] = (await pendingCredits(engine, sent.client, ["99.00"])) as [string];

  const done = await regenerate(desk, requestFor(sent));

  expect(done.files[0]?.totals.adjustmentCount).toBe(3);
  expect(await stateOf(engine, fresh)).toBe("pendingBatch");
});

test("a regenerated line posts on a new day and keeps the first", async () => {
  const sent = await aFile();
  const first = (await fileOf(sent)).postingDate;
  engine.clock.advance({ hours: 48 });

  const preview = await previewRegeneration(desk, requestFor(sent));
  const done = await regenerate(desk, requestFor(sent));

  expect(preview).toMatchObject({ postsLater: true });
  const rows = await db.query<{ first: string; posting: string }>(sql`
    select distinct l.first_posting_date as first, f.posting_date as posting
    from batch_line l join batch_file f on f.client_id = l.client_id and f.id = l.file_id
    where f.id = ${done.files[0]?.id}
  `);
  expect(rows).toEqual([{ first, posting: preview.nextPostingDate }]);
});

test("two people where the profile asks for them, never the same one twice", async () => {
  const sent = await aFile({ regeneration: { secondPerson: true } });

  expect(await codeOf(regenerate(desk, requestFor(sent)))).toBe("approval-required");
  expect(await codeOf(regenerate(desk, requestFor(sent, { secondPerson: "ann" })))).toBe(
    "self-approval",
  );
  const done = await regenerate(desk, requestFor(sent, { secondPerson: "bob" }));
  expect(done.voided).toMatchObject({ voidedBy: "ann", voidSecondedBy: "bob" });
});

test("a void or an acknowledged file has no verb left", async () => {
  const voided = await aFile();
  await regenerate(desk, requestFor(voided));
  const acknowledged = await aFile();
  await acknowledge(desk, answer(acknowledged));

  for (const sent of [voided, acknowledged]) {
    expect(await codeOf(regenerate(desk, requestFor(sent)))).toBe("transition-refused");
    const asked = { clientId: sent.client, fileId: sent.fileId, reason: "again", actor: "ann" };
    expect(await codeOf(resend(desk, asked))).toBe("transition-refused");
  }
  expect(await codeOf(acknowledge(desk, answer(voided)))).toBe("transition-refused");
});

test("with every line posted or refused there is nothing to regenerate", async () => {
  const sent = await aFile({ basis: "onAcknowledgement" }, { amounts: ["1.00", "2.00", "3.00"] });
  const [one, two, three] = sent.adjustments as [string, string, string];
  await acknowledge(desk, answer(sent, { adjustmentIds: [one] }));
  await acknowledge(desk, answer(sent, { adjustmentIds: [two], answer: "refused" }));
  // The third is found in the core's own postings: executed on another basis than assumed.
  await db.owner.execute(sql`
    insert into execution
      (client_id, id, adjustment_id, sign, basis, posting_date, actor, recorded_at)
    values (${sent.client}, gen_random_uuid(), ${three}, 1, 'matched', '2026-11-16', 'feed', now())
  `);
  const finding = sql`
    update adjustment set state = 'executed', open_assignment_id = null where id = ${three}`;
  await db.owner.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`);
    await tx.execute(finding);
  });

  expect(await codeOf(regenerate(desk, requestFor(sent)))).toBe("nothing-to-regenerate");
  expect((await fileOf(sent)).state).toBe("handedOver");
});

test("a whole file acknowledged: all is executed, told twice nothing changes", async () => {
  const sent = await aFile({ basis: "onAcknowledgement" });

  const first = await acknowledge(desk, answer(sent));
  const second = await acknowledge(desk, answer(sent));

  expect(first).toMatchObject({ settled: 3, moved: 3, file: { state: "acknowledged" } });
  expect(second).toMatchObject({ settled: 0, moved: 0, file: { state: "acknowledged" } });
  expect(await executed()).toBe("6000");
  expect(await states(sent)).toEqual(["executed", "executed", "executed"]);
});

test("a refused line fails with its code and may go with the next file", async () => {
  const sent = await aFile({ basis: "onAcknowledgement" });
  const [refused] = sent.adjustments as [string];

  await acknowledge(
    desk,
    answer(sent, { adjustmentIds: [refused], answer: "refused", reference: "R03" }),
  );

  expect(await stateOf(engine, refused)).toBe("batchFailed");
  const asked = { clientId: sent.client, adjustmentId: refused, reason: null, actor: "ann" };
  await askNextFile(engine, [asked]);
  const next = await generateNow(desk, { clientId: sent.client, profile: PROFILE, actor: "ann" });
  expect(next.files[0]?.totals.adjustmentCount).toBe(1);
});

test("a line refused after it was executed brings its money back", async () => {
  const assumed = await aFile();
  const [first] = assumed.adjustments as [string];
  await acknowledge(desk, answer(assumed));
  expect(await executed()).toBe("6000");

  const told = { adjustmentIds: [first], answer: "refused", reference: "R02" } as const;
  const returned = await acknowledge(desk, answer(assumed, told));

  expect(returned).toMatchObject({ moved: 1 });
  expect(await states(assumed)).toEqual(["batchFailed", "executed", "executed"]);
  expect(await executed()).toBe("5000");
  const again = await acknowledge(desk, answer(assumed, told));
  expect(again).toMatchObject({ settled: 0, moved: 0 });
});

test("an answer to a line that the file does not hold is refused; nothing is done", async () => {
  const sent = await aFile({ basis: "onAcknowledgement" });
  const other = "0190a1b2-0000-7000-8000-00000000000a";
  const told = answer(sent, { adjustmentIds: [sent.adjustments[0] as string, other] });

  expect(await codeOf(acknowledge(desk, told))).toBe("input-invalid");

  expect(await states(sent)).toEqual(["inFile", "inFile", "inFile"]);
});

test("an acknowledgement proves delivery that we could not", async () => {
  const sent = await aFile({}, { sent: false });
  await db.execute(sql`update batch_file set state = 'deliveryUnknown', due_at = null`);

  const { file } = await acknowledge(desk, answer(sent));

  expect(file.state).toBe("acknowledged");
  expect(await executed()).toBe("6000");
});

test("generate, regenerate and acknowledge at once: no adjustment in two live files", async () => {
  for (let round = 0; round < 5; round += 1) {
    const sent = await aFile({ basis: "onAcknowledgement" });
    await pendingCredits(engine, sent.client, ["1.00", "2.00"]);
    const generating = { clientId: sent.client, profile: PROFILE, actor: "ann" };
    const one = { adjustmentIds: [sent.adjustments[2] as string] };

    await Promise.allSettled([
      regenerate(desk, requestFor(sent)),
      generateNow(desk, generating),
      acknowledge(desk, answer(sent, one)),
      regenerate(desk, requestFor(sent)),
    ]);
    await generateNow(desk, generating);

    const files = await listFiles(db, { clients: [sent.client], limit: 100 });
    const sequences = files.map((file) => file.sequence).sort((a, b) => Number(a - b));
    expect(sequences).toEqual(sequences.map((_, index) => BigInt(index + 1)));
    const lines = await db.query<{ state: string; files: number }>(sql`
      select a.state, count(l.*) filter (where l.live)::int as files
      from adjustment a left join batch_line l on l.client_id = a.client_id
        and l.adjustment_id = a.id
      where a.client_id = ${sent.client}
      group by a.id, a.state
    `);
    expect(lines).toHaveLength(5);
    for (const line of lines) {
      expect(["inFile", "executed"]).toContain(line.state);
      expect(line.files).toBe(1);
    }
    for (const file of files) {
      expect(await verifyFile(desk, sent.client, file.id)).toMatchObject({ faults: [] });
    }
  }
});
