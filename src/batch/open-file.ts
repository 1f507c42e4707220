/**
 * One file being written: renders movements into stored bytes and keeps count. Until it is closed
 * it has no row of its own; a file that is dropped leaves nothing, and its number is not used.
 */
import { exponentOf } from "../kernel/money.ts";
import type { Transaction } from "../database/database.ts";

import type { BatchDesk } from "./desk.ts";
import { layoutSources } from "./layout-sources.ts";
import type { KeptLayout } from "./layouts.ts";
import type { ReadMovement } from "./movements.ts";
import { fileNameOf } from "./profile.ts";
import type { FileFacts } from "./render-file.ts";
import { fileRenderer } from "./render-file.ts";
import type { NewLine } from "./store.ts";
import { insertFile } from "./store.ts";
import { byteStore } from "./stored-bytes.ts";
import { fileWords } from "./words.ts";
import type { FilesOrder, WrittenFile } from "./write-files.ts";

export interface OpenFile {
  readonly id: string;
  readonly sequence: bigint;
  readonly adjustmentCount: number;
  /** The number that the next detail line would have. */
  readonly nextLine: number;
  readNumbers(tx: Transaction, movements: readonly ReadMovement[]): Promise<void>;
  /** Throws `FieldRefused`; the file then stands as before. */
  add(movement: ReadMovement): Promise<NewLine>;
  close(): Promise<WrittenFile>;
}

export interface FileStart {
  readonly kept: KeptLayout;
  readonly currency: string;
  readonly part: number;
  readonly sequence: bigint;
  /** Its lines carry account numbers: the vault is asked, the stored bytes are encrypted. */
  readonly withNumbers: boolean;
}

export function startFile(
  tx: Transaction,
  desk: BatchDesk,
  order: FilesOrder,
  start: FileStart,
): OpenFile {
  const { runtime, profile } = order;
  exponentOf(start.currency);
  const id = desk.engine.ids.next();
  const createdAt = desk.engine.clock.now().toString();
  const facts = fileFacts(order, start, id, createdAt);
  const zone = runtime.calendar.zone;
  const words = fileWords({
    clientId: runtime.id,
    texts: profile.statementTexts,
    glNumber: (account) => {
      const known = runtime.rulebook.accounts.chart.get(account);
      return known === undefined ? null : (known.number ?? known.id);
    },
    vault: start.withNumbers ? desk.vault : null,
  });
  const renderer = fileRenderer({
    layout: start.kept.layout,
    sources: layoutSources([]),
    facts,
    zone,
    words,
  });
  const place = { clientId: runtime.id, fileId: id };
  const bytes = byteStore(tx, place, desk.keys, start.withNumbers);
  let hasBegun = false;
  const begin = async (): Promise<void> => {
    if (hasBegun) return;
    hasBegun = true;
    await bytes.write(renderer.begin());
  };
  return {
    id,
    sequence: start.sequence,
    get adjustmentCount() {
      return renderer.totals().adjustmentCount;
    },
    get nextLine() {
      return renderer.totals().detailCount + 1;
    },
    readNumbers: (db, movements) => words.readNumbers(db, movements),
    add: async (movement) => {
      const rendered = renderer.add(movement);
      await begin();
      await bytes.write(rendered.text);
      return {
        lineNumber: rendered.lineNumber,
        detailCount: rendered.detailCount,
        adjustmentId: movement.adjustmentId,
        amountMinor: rendered.amountMinor,
        direction: rendered.direction,
        keyRevision: movement.keyRevision,
        firstPostingDate: movement.firstPostingDate,
        entryIds: movement.entryIds,
      };
    },
    close: async () => {
      await begin();
      await bytes.write(renderer.end());
      const stored = await bytes.finish();
      const totals = renderer.totals();
      const fileName = String(facts.fileName);
      desk.failpoints.at("batch.generate.rendered");
      await insertFile(
        tx,
        {
          ...place,
          id,
          profile: profile.name,
          sequence: start.sequence,
          windowId: order.window.id,
          part: start.part,
          supersedesId: order.supersedes?.id ?? null,
          marker: profile.marker,
          fileName,
          layoutSha256: start.kept.sha256,
          facts: { file: facts, zone, ...words.kept() },
          currency: start.currency,
          postingDate: order.window.postingDate,
          ...stored,
          totals,
          dueAt: profile.delivery.kind === "byHand" ? null : createdAt,
          createdBy: order.actor,
        },
        createdAt,
      );
      return {
        id,
        sequence: start.sequence,
        fileName,
        currency: start.currency,
        sha256: stored.sha256.toString("hex"),
        sizeBytes: stored.sizeBytes,
        totals,
      };
    },
  };
}

function fileFacts(order: FilesOrder, start: FileStart, id: string, createdAt: string): FileFacts {
  const { runtime, profile, window, supersedes } = order;
  const sequence = String(start.sequence);
  const names = {
    client: runtime.id,
    profile: profile.name,
    sequence,
    businessDate: window.businessDate,
    postingDate: window.postingDate,
    marker: profile.marker,
  };
  return {
    fileId: id,
    fileSequence: sequence,
    fileName: fileNameOf(profile.fileName, names),
    marker: profile.marker,
    sender: profile.sender ?? runtime.name,
    receiver: profile.receiver ?? null,
    client: runtime.id,
    profile: profile.name,
    layoutName: start.kept.layout.name,
    layoutVersion: start.kept.layout.version,
    businessDate: window.businessDate,
    postingDate: window.postingDate,
    cutOff: window.cutOff,
    createdAt,
    zone: runtime.calendar.zone,
    currency: start.currency,
    supersedesSequence: supersedes === null ? null : String(supersedes.sequence),
    supersedesFileId: supersedes?.id ?? null,
  };
}
