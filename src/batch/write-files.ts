/**
 * Writes the files of one window inside the caller's transaction: takes what is pending slice by
 * slice, renders, stores bytes, lines and totals, and moves each adjustment into its file. Memory
 * stays flat; nothing leaves before all of it is committed.
 *
 * The caller holds the profile's sequence lock.
 */
import type { Move } from "../accounting/move-adjustments.ts";
import { moveAdjustments } from "../accounting/move-adjustments.ts";
import type { Transaction } from "../database/database.ts";
import { FieldRefused } from "../formats/field-text.ts";
import { assert } from "../kernel/assert.ts";

import type { BatchDesk } from "./desk.ts";
import type { FilesOrder, WrittenFile } from "./files-order.ts";
import { layoutSources, declaredFacts } from "./layout-sources.ts";
import type { KeptLayout } from "./layouts.ts";
import { layoutOf } from "./layouts.ts";
import { usesNumbers } from "./line-values.ts";
import type { ReadMovement } from "./movements.ts";
import { lockPending, pendingCurrencies } from "./movements.ts";
import { OpenFile } from "./open-file.ts";
import { keepLayout } from "./store-layouts.ts";
import { insertLines } from "./store.ts";

export interface WrittenFiles {
  readonly files: readonly WrittenFile[];
  /** Adjustments that could not be rendered and are now batchFailed. */
  readonly refused: number;
}

const SLICE = 2000;

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
  const run = new Run(tx, desk, order, kept);
  for (const currency of currencies) await run.takeAll(currency);
  const mayBeEmpty = order.profile.emptyFile === "send" && order.supersedes === null;
  if (run.files.length === 0 && mayBeEmpty) await run.writeEmpty();
  return { files: run.files, refused: run.refused };
}

/** One generation under way: at most one file is open at a time. */
class Run {
  readonly files: WrittenFile[] = [];
  refused = 0;
  readonly #tx: Transaction;
  readonly #desk: BatchDesk;
  readonly #order: FilesOrder;
  readonly #kept: KeptLayout;
  #open: OpenFile | null = null;

  constructor(tx: Transaction, desk: BatchDesk, order: FilesOrder, kept: KeptLayout) {
    this.#tx = tx;
    this.#desk = desk;
    this.#order = order;
    this.#kept = kept;
  }

  /** All pending of one currency, in files of at most the profile's size. */
  async takeAll(currency: string): Promise<void> {
    const { runtime, profile, window, pendingBy, supersedes } = this.#order;
    for (let after: string | null = null; ;) {
      const slice = await lockPending(this.#tx, {
        clientId: runtime.id,
        profile: profile.name,
        currency,
        postingDate: window.postingDate,
        pendingBy,
        after,
        limit: SLICE,
        releasedBy: supersedes?.id ?? null,
      });
      const last = slice.at(-1);
      if (last === undefined) break;
      await this.#takeSlice(currency, slice);
      this.#desk.failpoints.at("batch.generate.slice");
      after = last.adjustmentId;
    }
    await this.#close();
  }

  async writeEmpty(): Promise<void> {
    this.files.push(await this.#start(this.#order.profile.currency).close());
    this.#open = null;
  }

  async #takeSlice(currency: string, slice: readonly ReadMovement[]): Promise<void> {
    let offset = 0;
    while (offset < slice.length) {
      const file = this.#open ?? this.#start(currency);
      const { maximumAdjustments = Number.POSITIVE_INFINITY } = this.#order.profile;
      const room = maximumAdjustments - file.adjustmentCount;
      // Refused ones take no room; what is left of the slice goes on in the next file.
      const part = slice.slice(offset, offset + Math.min(room, SLICE));
      await this.#takePart(file, part);
      offset += part.length;
      if (file.adjustmentCount >= maximumAdjustments) await this.#close();
    }
  }

  async #takePart(file: OpenFile, part: readonly ReadMovement[]): Promise<void> {
    await file.readNumbers(part);
    const moves: Move[] = [];
    const lines = [];
    for (const movement of part) {
      try {
        const line = await file.add(movement);
        lines.push(line);
        moves.push(this.#taken(movement, file, line.lineNumber));
      } catch (error) {
        if (!(error instanceof FieldRefused)) throw error;
        this.refused += 1;
        moves.push(this.#unrenderable(movement, file, error));
      }
    }
    await insertLines(this.#tx, this.#order.runtime.id, file.id, lines);
    const results = await moveAdjustments(this.#tx, this.#desk.engine, moves);
    assert(
      results.every((one) => one.moved),
      "an adjustment locked as pendingBatch stays so",
    );
  }

  #taken(movement: ReadMovement, file: OpenFile, line: number): Move {
    return {
      clientId: this.#order.runtime.id,
      adjustmentId: movement.adjustmentId,
      from: "pendingBatch",
      event: "takenIntoFile",
      actor: this.#order.actor,
      outside: { file: file.id, sequence: String(file.sequence), line },
    };
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
