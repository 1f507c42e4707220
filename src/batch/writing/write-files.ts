/**
 * Writes the files of one window inside the caller's transaction: takes what is pending slice by
 * slice, renders, stores bytes, lines and totals, and moves each adjustment into its file. Memory
 * stays flat; nothing leaves before all of it is committed.
 *
 * The caller holds the profile's sequence lock.
 */
import { setImmediate as nextTurn } from "node:timers/promises";

import type { AlikeRow } from "../../accounting/move-alike.ts";
import { moveLockedAlike } from "../../accounting/move-alike.ts";
import type { Move } from "../../accounting/move-adjustments.ts";
import { moveAdjustments } from "../../accounting/move-adjustments.ts";
import type { Transaction } from "../../database/database.ts";
import { FieldRefused } from "../../formats/field-text.ts";
import type { Layout } from "../../formats/layout.ts";
import { assert } from "../../kernel/assert.ts";

import type { BatchDesk } from "../desk.ts";
import { pendingToLeave } from "../window-views.ts";
import { sendsEmptyFile } from "./check-payment.ts";
import type { FilesOrder, WrittenFile } from "./files-order.ts";
import { lockFilesOfDay } from "./files-of-day.ts";
import { layoutSources, declaredFacts } from "./layout-sources.ts";
import type { KeptLayout } from "./layouts.ts";
import { fieldsOf, layoutOf } from "./layouts.ts";
import { askedSources, usesNumbers } from "./line-values.ts";
import type { ReadMovement } from "./movement-rows.ts";
import type { PendingMovement } from "./movements.ts";
import { pendingCurrencies, pendingMovements } from "./movements.ts";
import { OpenFile } from "./open-file.ts";
import { Progress } from "./progress.ts";
import { keepLayout } from "./store-layouts.ts";
import type { NewLine } from "../store.ts";
import { takingIntoFile } from "../store.ts";

/** Movements rendered before what the database has answered is looked at. */
const RENDERED_AT_ONCE = 100;

export interface WrittenFiles {
  readonly files: readonly WrittenFile[];
  /** Adjustments that could not be rendered and are now batchFailed. */
  readonly refused: number;
}

/** What a part of the pending came to: lines by file with who moves into it, and the refused. */
interface Taken {
  readonly files: { file: OpenFile; lines: NewLine[]; rows: AlikeRow[] }[];
  readonly refused: Move[];
}

/** Throws `configuration-invalid` when the profile's layout does not load. */
export async function writeFiles(
  tx: Transaction,
  desk: BatchDesk,
  order: FilesOrder,
): Promise<WrittenFiles> {
  const clientId = order.runtime.id;
  const currencies = await pendingCurrencies(tx, clientId, order.profile.name);
  const kept = layoutOf(order.profile, layoutSources(declaredFacts(order.runtime.rulebook.facts)));
  const now = desk.engine.clock.now().toString();
  const { layout } = kept;
  await keepLayout(tx, { clientId, ...kept, name: layout.name, version: layout.version }, now);
  const before = await filesBefore(tx, order, layout, now);
  const run = new Run(tx, desk, order, kept, before, await progressOf(tx, desk, order));
  try {
    for (const currency of currencies) await run.takeAll(currency);
  } finally {
    run.progress.over();
  }
  const mayBeEmpty = sendsEmptyFile(order.profile, layout) && order.supersedes === null;
  if (run.files.length === 0 && mayBeEmpty) await run.writeEmpty();
  return { files: run.files, refused: run.refused };
}

async function progressOf(
  tx: Transaction,
  desk: BatchDesk,
  { runtime, profile, window, supersedes, actor }: FilesOrder,
): Promise<Progress> {
  const of = { clientId: runtime.id, profile: profile.name, actor };
  if (supersedes !== null) return new Progress(desk, { ...of, total: null });
  const sums = await pendingToLeave(tx, runtime.id, profile.name, window.postingDate);
  const leaving = sums.filter((one) => one.leaves);
  const total = leaving.reduce((sum, { count }) => sum + count, 0n);
  return new Progress(desk, { ...of, total });
}

/** Files of the day that number themselves by it; null where this layout does not. */
async function filesBefore(
  tx: Transaction,
  { runtime }: FilesOrder,
  layout: Layout,
  now: string,
): Promise<number | null> {
  if (!fieldsOf(layout).some((field) => field.from === "fileOfDay")) return null;
  return lockFilesOfDay(tx, runtime.id, runtime.calendar.zone, now);
}

/** One generation under way: at most one file is open at a time. */
class Run {
  readonly files: WrittenFile[] = [];
  readonly progress: Progress;
  refused = 0;
  readonly #tx: Transaction;
  readonly #desk: BatchDesk;
  readonly #order: FilesOrder;
  readonly #kept: KeptLayout;
  readonly #filesBefore: number | null;
  #open: OpenFile | null = null;

  constructor(
    tx: Transaction,
    desk: BatchDesk,
    order: FilesOrder,
    kept: KeptLayout,
    before: number | null,
    progress: Progress,
  ) {
    this.progress = progress;
    this.#filesBefore = before;
    this.#tx = tx;
    this.#desk = desk;
    this.#order = order;
    this.#kept = kept;
  }

  /** All pending of one currency, in files of at most the profile's size. */
  async takeAll(currency: string): Promise<void> {
    const { runtime, profile, window, pendingBy, supersedes } = this.#order;
    let recorded: Promise<void> = Promise.resolve();
    const parts = pendingMovements(this.#tx, {
      clientId: runtime.id,
      profile: profile.name,
      currency,
      postingDate: window.postingDate,
      pendingBy,
      releasedBy: supersedes?.id ?? null,
      asked: askedSources(this.#kept.layout),
    });
    try {
      for await (const part of parts) {
        const taken = await this.#render(currency, part);
        // The rows of a part are written while the next one is read and rendered.
        await recorded;
        recorded = this.#record(taken);
        recorded.catch(() => undefined);
        this.progress.add(part.length);
        this.#desk.failpoints.at("batch.generate.slice");
      }
    } finally {
      // Nothing may be under way when the transaction ends, however it ends.
      await recorded.catch(() => undefined);
    }
    await recorded;
    await this.#close();
  }

  async writeEmpty(): Promise<void> {
    this.files.push(await this.#start(this.#order.profile.currency).close());
    this.#open = null;
  }

  async #render(currency: string, part: readonly PendingMovement[]): Promise<Taken> {
    const taken: Taken = { files: [], refused: [] };
    const { maximumAdjustments = Number.POSITIVE_INFINITY } = this.#order.profile;
    for (let at = 0; at < part.length;) {
      const file = this.#open ?? this.#start(currency);
      // Refused ones take no room; what is left of the part goes on in the next file.
      const room = part.slice(at, at + maximumAdjustments - file.adjustmentCount);
      await file.readNumbers(room);
      at += await this.#fill(file, room, taken);
      const { adjustmentCount } = file;
      if (adjustmentCount >= maximumAdjustments || file.isFull) await this.#close();
    }
    return taken;
  }

  /** Answers how many of the movements are dealt with: fewer than all when the file is full. */
  async #fill(file: OpenFile, movements: readonly PendingMovement[], taken: Taken) {
    const [lines, rows]: [NewLine[], AlikeRow[]] = [[], []];
    taken.files.push({ file, lines, rows });
    let dealtWith = 0;
    for (const movement of movements) {
      try {
        const line = await file.add(movement);
        if (line === null) break;
        lines.push(line);
        const { adjustmentId, openAssignmentId } = movement;
        rows.push({ adjustmentId, openAssignmentId, line: line.lineNumber });
      } catch (error) {
        if (!(error instanceof FieldRefused)) throw error;
        this.refused += 1;
        taken.refused.push(this.#unrenderable(movement, file, error));
      }
      dealtWith += 1;
      // The database waits for nothing that it could be asked meanwhile.
      if (dealtWith % RENDERED_AT_ONCE === 0) await nextTurn();
    }
    return dealtWith;
  }

  async #record({ files, refused }: Taken): Promise<void> {
    const clientId = this.#order.runtime.id;
    const { actor } = this.#order;
    for (const { file, lines, rows } of files) {
      const outside = { file: file.id, sequence: String(file.sequence) };
      const move = {
        clientId,
        from: "pendingBatch",
        event: "takenIntoFile",
        actor,
        outside,
      } as const;
      await moveLockedAlike(
        this.#tx,
        this.#desk.engine,
        move,
        rows,
        takingIntoFile(file.id, lines),
      );
    }
    const results = await moveAdjustments(this.#tx, this.#desk.engine, refused);
    assert(
      results.every((one) => one.moved),
      "an adjustment locked as pendingBatch stays so",
    );
  }

  #unrenderable(movement: ReadMovement, file: OpenFile, { field, reason }: FieldRefused): Move {
    const row = file.nextLine;
    return {
      clientId: this.#order.runtime.id,
      adjustmentId: movement.adjustmentId,
      from: "pendingBatch",
      event: "unrenderable",
      actor: this.#order.actor,
      reason: `row ${row}, field ${field}: ${reason}`,
      outside: { profile: this.#order.profile.name, row, field, reason },
    };
  }

  #start(currency: string): OpenFile {
    this.#open = new OpenFile(this.#tx, this.#desk, this.#order, {
      kept: this.#kept,
      currency,
      part: this.files.length + 1,
      sequence: this.#order.lastSequence + BigInt(this.files.length) + 1n,
      fileOfDay: this.#filesBefore === null ? null : this.#filesBefore + this.files.length + 1,
      withNumbers: usesNumbers(this.#kept.layout),
    });
    return this.#open;
  }

  /** Stores the open file; one into which nothing went is dropped and its number is not used. */
  async #close(): Promise<void> {
    const file = this.#open;
    this.#open = null;
    if (file !== null && file.adjustmentCount > 0) this.files.push(await file.close());
  }
}
