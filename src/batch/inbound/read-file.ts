/**
 * The machine's first step with a return file: reads it, checks what it says of itself, and keeps
 * its lines. One transaction, so that a kill leaves the file as it came. A file with faults, or of
 * an identity that was taken before, is refused; one whose totals do not add up is held.
 */
import type { VaultKeys } from "../../access/vault-key.ts";
import type { Transaction } from "../../database/database.ts";
import type { InboundDocument } from "../../formats/read/document.ts";
import { readInbound } from "../../formats/read/read-inbound.ts";

import { raiseAlarm } from "../alarms.ts";
import type { BatchDesk } from "../desk.ts";
import { profileOf } from "../generate.ts";
import { checkControls } from "./check-controls.ts";
import { readKeptBytes } from "./kept-bytes.ts";
import { returnFileOf } from "./receive-file.ts";
import { safeIdentity } from "./safe-text.ts";
import type { InboundFileChange } from "./store.ts";
import { changeInboundFile, insertInboundLines } from "./store.ts";
import type { InboundFileRow } from "./views.ts";
import { inboundFileOfIdentity } from "./views.ts";

const SLICE = 5000;
const MOST_FAULTS_KEPT = 1000;

/** Reads a locked file that was received. */
export async function readFile(
  tx: Transaction,
  desk: BatchDesk,
  file: InboundFileRow,
): Promise<void> {
  const now = desk.engine.clock.now().toString();
  const { profile } = await profileOf(tx, desk, file.clientId, file.profile);
  const { format, mapping, owner } = returnFileOf(profile);
  const place = { clientId: file.clientId, fileId: file.id };
  const bytes = await readKeptBytes(tx, place, desk.keys, file);
  const document = readInbound(format, bytes, mapping);
  const change = { ...(await judge(tx, desk.keys, file, document, now)), format, readAt: now };
  if (change.state !== "refused") await keepLines(tx, desk, file, document);
  await changeInboundFile(tx, file, change, now);
  if (change.state === "read") return;
  await raiseAlarm(
    tx,
    desk,
    {
      clientId: file.clientId,
      profile: file.profile,
      kind: change.state === "held" ? "fileHeld" : "fileRefused",
      subject: file.id,
      owner,
      text: `return file ${file.name}: ${change.problem}`,
    },
    now,
  );
}

async function judge(
  tx: Transaction,
  keys: VaultKeys,
  file: InboundFileRow,
  document: InboundDocument,
  now: string,
): Promise<InboundFileChange> {
  const { faults, lines } = document;
  const totals = checkControls(document);
  const common = { dueAt: null, totals, lineCount: lines.length };
  const [fault] = faults;
  if (fault !== undefined) {
    const at = fault.line === null ? fault.place : `line ${fault.line}, ${fault.place}`;
    const howMany = faults.length === 1 ? "one fault:" : `${faults.length} faults, the first:`;
    const problem = `${howMany} ${at}: ${fault.reason}`;
    const kept = faults.slice(0, MOST_FAULTS_KEPT);
    return { ...common, state: "refused", problem, faults: kept };
  }
  const identity = document.identity === null ? null : safeIdentity(document.identity, keys);
  const known = identity === null ? undefined : await inboundFileOfIdentity(tx, file, identity);
  if (known !== undefined) {
    const problem = `${identity} was taken before, as ${known.name}`;
    return { ...common, state: "refused", problem, duplicateOf: known.id };
  }
  const wrong = totals.filter((total) => !total.agrees).map((total) => total.control);
  if (wrong.length > 0) {
    const problem = `the file's own ${wrong.join(" and ")} differ from its lines`;
    return { ...common, identity, state: "held", problem };
  }
  return { ...common, identity, state: "read", problem: null, dueAt: now };
}

async function keepLines(
  tx: Transaction,
  desk: BatchDesk,
  file: InboundFileRow,
  { lines }: InboundDocument,
): Promise<void> {
  const place = { clientId: file.clientId, fileId: file.id };
  for (let at = 0; at < lines.length; at += SLICE) {
    await insertInboundLines(tx, place, at + 1, lines.slice(at, at + SLICE));
    desk.failpoints.at("batch.inbound.lines");
  }
}
