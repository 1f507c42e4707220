import { unlink } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { answerFile, aSentFile, bringIn } from "../../../test/support/answers.ts";
import { filesIn, stateOf } from "../../../test/support/batch.ts";
import { batchDesk, SENDING } from "../../../test/support/batch-desk.ts";
import { testEngine } from "../../../test/support/engine.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { sql } from "../../database/sql.ts";
import { linesOfFile } from "../line-views.ts";
import { previewRegeneration } from "../regenerate.ts";
import { declineStatement, secondStatement, stateFate } from "../state-fate.ts";
import { transmitNext } from "../transmit.ts";
import { fileById } from "../views.ts";
import { linesOfInbound } from "./views.ts";

const db = useDatabase();
const engine = testEngine(db);
const desk = batchDesk(engine);
const TWO_PEOPLE = { regeneration: { secondPerson: true } };
const rights = new Set(["batch:regenerate"] as const);
const SIX = ["10.00", "20.00", "30.00", "40.00", "50.00", "60.00"];

async function executed(): Promise<string> {
  const row = await db.one<{ sum: string }>(sql`
    select coalesce(sum(executed_minor), 0)::text as sum from balance
    where collection = 'accountHolder'
  `);
  return row.sum;
}

function accepted(ids: readonly (string | undefined)[]): { reference: string; status: string }[] {
  return ids.map((reference) => ({ reference: reference ?? "", status: "accepted" }));
}

test("a third is acknowledged: after two people's word only the rest leaves", async () => {
  const sent = await aSentFile(desk, engine, SIX, { ...TWO_PEOPLE, basis: "onAcknowledgement" });
  const { client, directory, adjustments, fileId } = sent;
  await bringIn(desk, client, answerFile("ACK-1", accepted(adjustments.slice(0, 2))));
  const preview = await previewRegeneration(desk, { clientId: client, fileId });
  expect(preview).toMatchObject({
    need: { rights: ["batch:regenerate"] },
    sums: [
      { fate: "comesBack", count: 4n, amountMinor: "18000" },
      { fate: "posted", count: 2n, amountMinor: "3000" },
    ],
  });

  const { waiting } = await stateFate(desk, {
    clientId: client,
    fileId,
    statement: "rejected",
    reason: "the rest was rejected",
    actor: "ann",
  });
  const second = { clientId: client, id: waiting?.id ?? "", reason: "I asked them too", rights };
  expect(waiting).toMatchObject({ state: "waiting", actor: "ann", difference: [{}, {}] });
  expect((await fileById(db, client, fileId))?.state).toBe("handedOver");
  await expect(secondStatement(desk, { ...second, actor: "ann" })).rejects.toThrow(
    "you had a hand in it",
  );
  const done = await secondStatement(desk, { ...second, actor: "bob" });

  expect(done).toMatchObject({
    cameBack: 4,
    voided: { state: "void", voidedBy: "ann", voidSecondedBy: "bob" },
  });
  const newId = done?.files[0]?.id ?? "";
  const lines = await linesOfFile(db, { clientId: client, fileId: newId }, 0n, 100);
  expect(lines.map((line) => line.adjustmentId)).toEqual(adjustments.slice(2));
  await transmitNext(desk, SENDING);
  const [, text = ""] = Object.values(await filesIn(directory));
  for (const id of adjustments.slice(0, 2)) expect(text).not.toContain(id);
  for (const id of adjustments.slice(2)) expect(text).toContain(id);
  await bringIn(desk, client, answerFile("ACK-2", accepted(adjustments.slice(2))));
  expect(await executed()).toBe("21000");
  expect((await fileById(db, client, newId))?.state).toBe("acknowledged");
});

test("the same for a file assumed done that never arrived", async () => {
  const sent = await aSentFile(desk, engine, SIX, TWO_PEOPLE);
  const { client, directory, adjustments, fileId } = sent;
  await bringIn(desk, client, answerFile("ACK-1", accepted(adjustments.slice(0, 2))));
  const name = (await fileById(db, client, fileId))?.fileName ?? "";
  await unlink(join(directory, name));
  expect(await executed()).toBe("21000");

  const { waiting } = await stateFate(desk, {
    clientId: client,
    fileId,
    statement: "notReceived",
    reason: "their inbox was empty",
    actor: "ann",
  });
  expect(waiting?.difference).toEqual([
    { fate: "assumedComesBack", count: "4", amountMinor: "18000" },
    { fate: "posted", count: "2", amountMinor: "3000" },
  ]);
  const regenerated = await secondStatement(desk, {
    clientId: client,
    id: waiting?.id ?? "",
    reason: "seen",
    actor: "bob",
    rights,
  });

  expect(regenerated?.files).toMatchObject([{ totals: { adjustmentCount: 4 } }]);
  expect(await executed()).toBe("3000");
  await transmitNext(desk, SENDING);
  expect(await executed()).toBe("21000");
});

test("an answer that changes the file makes the statement stale; it can be declined", async () => {
  const sent = await aSentFile(desk, engine, ["10.00", "20.00"], TWO_PEOPLE);
  const { client, adjustments, fileId } = sent;
  const said = {
    clientId: client,
    fileId,
    statement: "deleted",
    reason: "so",
    actor: "ann",
  } as const;
  const { waiting } = await stateFate(desk, said);
  await bringIn(desk, client, answerFile("ACK-1", accepted(adjustments.slice(0, 1))));
  const second = { clientId: client, id: waiting?.id ?? "", reason: "so", actor: "bob", rights };

  await expect(secondStatement(desk, second)).rejects.toThrow("changed since the difference");

  expect((await fileById(db, client, fileId))?.state).toBe("handedOver");
  await expect(stateFate(desk, said)).rejects.toThrow("waits already");
  expect(await declineStatement(desk, second)).toMatchObject({ state: "declined" });
  expect((await stateFate(desk, said)).waiting).toMatchObject({ state: "waiting" });
});

test("a late answer of a void file decides nothing and is listed", async () => {
  const sent = await aSentFile(desk, engine, ["10.00", "20.00"], { basis: "onAcknowledgement" });
  const { client, adjustments, fileId } = sent;
  await stateFate(desk, {
    clientId: client,
    fileId,
    statement: "notReceived",
    reason: "their inbox was empty",
    actor: "ann",
  });

  const byFile = { reference: adjustments[0] ?? "", fileId, status: "accepted" };
  const file = await bringIn(
    desk,
    client,
    // The new file has not left: the second line cannot speak of it either.
    answerFile("ACK-1", [byFile, ...accepted([adjustments[1]])]),
  );

  const lines = await linesOfInbound(db, file, { after: 0n, limit: 9 });
  expect(lines.map((line) => line.explanation)).toEqual(["fileVoid", "fileVoid"]);
  const states = await Promise.all(adjustments.map((id) => stateOf(engine, id)));
  expect(states).toEqual(["inFile", "inFile"]);
});

test("a return that comes after execution is in the next file under a new key", async () => {
  const sent = await aSentFile(desk, engine, ["10.00"]);
  const { client, adjustments } = sent;
  await bringIn(
    desk,
    client,
    answerFile("RET-1", [{ reference: adjustments[0] ?? "", status: "refused", code: "R03" }]),
  );
  expect(await executed()).toBe("0");
  const row = await db.one<{ state: string; revision: number }>(sql`
    select state, key_revision as revision from adjustment where id = ${adjustments[0]}
  `);
  expect(row).toEqual({ state: "batchFailed", revision: 2 });
});
