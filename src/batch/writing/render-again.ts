/**
 * Proof of a file: rendered again from its rows and its own layout it must be the stored bytes to
 * the last one, and its totals must be those of its lines. What `verify` asks of every file.
 */
import { createHash } from "node:crypto";

import type { Queries, Transaction } from "../../database/database.ts";
import { encoderOf } from "../../formats/encoding.ts";
import { FieldRefused } from "../../formats/field-text.ts";
import { Failure } from "../../kernel/failure.ts";

import type { BatchDesk } from "../desk.ts";
import { layoutSources } from "./layout-sources.ts";
import { keptLayout } from "./layouts.ts";
import { movementsOfFile } from "./file-movements.ts";
import { askedSources, usesNumbers } from "./line-values.ts";
import type { ControlTotals } from "./render-file.ts";
import { fileRenderer } from "./render-file.ts";
import { readBytes } from "./stored-bytes.ts";
import { sealedByOf } from "../transmit.ts";
import type { FileRow } from "../views.ts";
import { lineSums } from "../line-views.ts";
import { fileById, layoutDefinition } from "../views.ts";
import { preparedAhead } from "./whole-parts.ts";
import { fileWords } from "./words.ts";

export interface FileProof {
  readonly fileId: string;
  /** What is wrong, in words; empty when all holds. */
  readonly faults: readonly string[];
  /** Account numbers of the file were purged: its bytes cannot be made again, only hashed. */
  readonly numbersGone: boolean;
}

/** The file's text again, part by part, from its rows alone. Returns the totals of it. */
export async function* renderAgain(
  tx: Transaction,
  desk: BatchDesk,
  file: FileRow,
): AsyncGenerator<string, ControlTotals> {
  const { clientId, id: fileId, facts } = file;
  const { definition } = await layoutDefinition(tx, clientId, file.layoutSha256);
  const layout = keptLayout(definition);
  const words = fileWords({
    clientId,
    texts: facts.texts,
    glNumber: (account) => facts.numbers[account] ?? null,
    vault: usesNumbers(layout) ? desk.vault : null,
  });
  const renderer = fileRenderer({
    layout,
    sources: layoutSources([]),
    facts: facts.file,
    zone: facts.zone,
    words,
  });
  yield renderer.begin(totalsOf(file));
  const parts = movementsOfFile(tx, { clientId, fileId, asked: askedSources(layout) });
  const ready = preparedAhead(parts, (movements) => words.readNumbers(tx, movements));
  for await (const movements of ready) {
    let text = "";
    for (const movement of movements) text += renderer.add(movement).text;
    yield text;
  }
  yield renderer.end();
  return renderer.totals();
}

/** As they are stored; what is rendered again is compared with them. */
function totalsOf(file: FileRow): ControlTotals {
  return {
    adjustmentCount: Number(file.adjustmentCount),
    detailCount: Number(file.detailCount),
    lineCount: Number(file.lineCount),
    debitCount: Number(file.debitCount),
    debitMinor: BigInt(file.debitMinor),
    creditCount: Number(file.creditCount),
    creditMinor: BigInt(file.creditMinor),
    hashTotal: file.hashTotal,
  };
}

/** Throws `not-found`. */
export async function verifyFile(
  desk: BatchDesk,
  clientId: string,
  fileId: string,
): Promise<FileProof> {
  return desk.engine.database.transaction(
    async (tx) => {
      const file = await fileById(tx, clientId, fileId);
      if (file === undefined) throw new Failure("not-found", `no batch file ${fileId}`);
      const faults = [...(await byteFaults(tx, desk, file)), ...(await lineFaults(tx, file))];
      try {
        faults.push(...(await renderingFaults(tx, desk, file)));
      } catch (error) {
        if (!(error instanceof FieldRefused)) throw error;
        if (file.wrappedKey !== null) return { fileId, faults, numbersGone: true };
        faults.push(`rendered again it is refused: ${error.message}`);
      }
      return { fileId, faults, numbersGone: false };
    },
    { isolation: "repeatable read", readOnly: true },
  );
}

async function byteFaults(db: Queries, desk: BatchDesk, file: FileRow): Promise<string[]> {
  const hash = createHash("sha256");
  let sizeBytes = 0n;
  const place = { clientId: file.clientId, fileId: file.id };
  for await (const chunk of readBytes(db, place, desk.keys, sealedByOf(file))) {
    hash.update(chunk);
    sizeBytes += BigInt(chunk.length);
  }
  const faults: string[] = [];
  if (sizeBytes !== file.sizeBytes) faults.push(`stored ${sizeBytes} bytes of ${file.sizeBytes}`);
  if (!hash.digest().equals(file.sha256)) faults.push("the stored bytes have another SHA-256");
  return faults;
}

async function renderingFaults(tx: Transaction, desk: BatchDesk, file: FileRow): Promise<string[]> {
  const hash = createHash("sha256");
  const { definition } = await layoutDefinition(tx, file.clientId, file.layoutSha256);
  const encode = encoderOf(keptLayout(definition).encoding);
  const rendering = renderAgain(tx, desk, file);
  let next = await rendering.next();
  for (; next.done !== true; next = await rendering.next()) hash.update(encode(next.value));
  const totals = next.value;
  const told: [string, number | bigint, number | bigint | string][] = [
    ["adjustments", totals.adjustmentCount, file.adjustmentCount],
    ["detail lines", totals.detailCount, file.detailCount],
    ["lines", totals.lineCount, file.lineCount],
    ["debits", totals.debitCount, file.debitCount],
    ["debit sum", totals.debitMinor, file.debitMinor],
    ["credits", totals.creditCount, file.creditCount],
    ["credit sum", totals.creditMinor, file.creditMinor],
    ["hash total", totals.hashTotal, file.hashTotal],
  ];
  const faults = told
    .filter(([, found, stored]) => String(found) !== String(stored))
    .map(([name, found, stored]) => `${name}: ${found} by its rows, ${stored} stored`);
  if (!hash.digest().equals(file.sha256)) faults.push("rendered again it has another SHA-256");
  return faults;
}

async function lineFaults(db: Queries, file: FileRow): Promise<string[]> {
  const { adjustments, details } = await lineSums(db, file);
  const faults: string[] = [];
  if (adjustments !== file.adjustmentCount) {
    faults.push(`${adjustments} lines stored, ${file.adjustmentCount} by its totals`);
  }
  if (details !== file.detailCount) {
    faults.push(`${details} detail lines stored, ${file.detailCount} by its totals`);
  }
  return faults;
}
