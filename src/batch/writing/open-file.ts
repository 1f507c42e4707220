/**
 * One file being written: renders movements into stored bytes and keeps count. Until it is closed
 * it has no row of its own; a file that is dropped leaves nothing, and its number is not used.
 */
import type { Transaction } from "../../database/database.ts";
import { encoderOf } from "../../formats/encoding.ts";
import { FieldRefused } from "../../formats/field-text.ts";
import { Failure } from "../../kernel/failure.ts";

import type { BatchDesk } from "../desk.ts";
import type { FilesOrder, WrittenFile } from "./files-order.ts";
import { layoutSources, VALUE_PREFIX } from "./layout-sources.ts";
import type { KeptLayout } from "./layouts.ts";
import type { ReadMovement } from "./movement-rows.ts";
import { fileNameOf } from "../profile.ts";
import { askRelease, largerSum, releaseNeed } from "../release-need.ts";
import type { FileFacts, FileRenderer, Fits } from "./render-file.ts";
import { ALWAYS_FITS, fileRenderer } from "./render-file.ts";
import type { NewFile, NewLine } from "../store.ts";
import { insertFile } from "../store.ts";
import type { ByteStore, StoredBytes } from "./stored-bytes.ts";
import { byteStore } from "./stored-bytes.ts";
import type { FileWords } from "./words.ts";
import { fileWords } from "./words.ts";

export interface FileStart {
  readonly kept: KeptLayout;
  readonly currency: string;
  readonly part: number;
  readonly sequence: bigint;
  /** How many files of this kind the client wrote today, this one counted; null if not said. */
  readonly fileOfDay: number | null;
  /** Its lines carry account numbers: the vault is asked, the stored bytes are encrypted. */
  readonly withNumbers: boolean;
}

export class OpenFile {
  readonly id: string;
  readonly sequence: bigint;
  readonly #tx: Transaction;
  readonly #desk: BatchDesk;
  readonly #order: FilesOrder;
  readonly #start: FileStart;
  readonly #createdAt: string;
  readonly #facts: FileFacts;
  readonly #words: FileWords;
  readonly #renderer: FileRenderer;
  readonly #bytes: ByteStore;
  readonly #fits: Fits;
  #hasBegun = false;
  #isFull = false;
  #bytesSoFar = 0;

  constructor(tx: Transaction, desk: BatchDesk, order: FilesOrder, start: FileStart) {
    this.#tx = tx;
    this.#desk = desk;
    this.#order = order;
    this.#start = start;
    this.id = desk.engine.ids.next();
    this.sequence = start.sequence;
    this.#createdAt = desk.engine.clock.now().toString();
    this.#facts = fileFacts(order, start, this.id, this.#createdAt);
    this.#words = wordsOf(desk, order, start);
    this.#renderer = fileRenderer({
      layout: start.kept.layout,
      sources: layoutSources([]),
      facts: this.#facts,
      zone: order.runtime.calendar.zone,
      words: this.#words,
    });
    const place = { clientId: order.runtime.id, fileId: this.id };
    this.#bytes = byteStore(tx, place, desk.keys, {
      isSealed: start.withNumbers,
      encode: encoderOf(start.kept.layout.encoding),
      beginsLast: this.#renderer.beginsLast,
    });
    this.#fits = this.#limits(order.profile);
  }

  get adjustmentCount(): number {
    return this.#renderer.totals().adjustmentCount;
  }

  /** The number that the next detail line would have. */
  get nextLine(): number {
    return this.#renderer.totals().detailCount + 1;
  }

  /** Reads what the lines of these movements need from the vault. */
  readNumbers(movements: readonly ReadMovement[]): Promise<void> {
    return this.#words.readNumbers(this.#tx, movements);
  }

  /**
   * Throws `FieldRefused`; the file then stands as before. So it does where the answer is null: the
   * movement would make it larger than the profile allows.
   */
  async add(movement: ReadMovement): Promise<NewLine | null> {
    if (!this.#hasBegun) await this.#begin();
    const rendered = this.#renderer.add(movement, this.#fits);
    if (rendered === null) return this.#noRoom();
    if (this.#fits !== ALWAYS_FITS) this.#bytesSoFar += Buffer.byteLength(rendered.text);
    const written = this.#bytes.write(rendered.text);
    if (written !== undefined) await written;
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
  }

  /** True once a movement did not fit any more. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** One that does not fit into a file of its own fits into none. */
  #noRoom(): null {
    if (this.adjustmentCount === 0) {
      throw new FieldRefused("file", "it is larger than the profile allows a file to be");
    }
    this.#isFull = true;
    return null;
  }

  /**
   * Stores what is left and the file's row, which takes the sequence. Throws
   * `configuration-invalid` where its header or trailer cannot be written.
   */
  async close(): Promise<WrittenFile> {
    const stored = await this.#finish();
    this.#desk.failpoints.at("batch.generate.rendered");
    const totals = this.#renderer.totals();
    const { runtime, profile } = this.#order;
    const { currency } = this.#start;
    const need = releaseNeed(runtime, profile, { currency, amountMinor: largerSum(totals) });
    const row = this.#rowOf(stored, need !== null);
    await insertFile(this.#tx, row, this.#createdAt);
    if (need !== null) await askRelease(this.#tx, this.#desk, row, need);
    return {
      id: this.id,
      sequence: this.sequence,
      fileName: String(this.#facts.fileName),
      currency: this.#start.currency,
      sha256: stored.sha256.toString("hex"),
      sizeBytes: stored.sizeBytes,
      totals: this.#renderer.totals(),
    };
  }

  /** What its frame cannot say is no movement's fault: the profile has to be put right. */
  async #finish(): Promise<StoredBytes> {
    try {
      await this.#begin();
      await this.#bytes.write(this.#renderer.end());
      return await this.#bytes.finish(this.#renderer.beginsLast ? this.#renderer.begin() : null);
    } catch (error) {
      if (!(error instanceof FieldRefused)) throw error;
      const { name } = this.#order.profile;
      const detail = `batch profile ${name}: its files' header or trailer: ${error.message}`;
      throw new Failure("configuration-invalid", detail, { profile: name });
    }
  }

  async #begin(): Promise<void> {
    if (this.#hasBegun) return;
    // Even where it is written last, a header that cannot be written is found before any line.
    const text = this.#renderer.begin();
    this.#hasBegun = true;
    this.#bytesSoFar += Buffer.byteLength(text);
    if (!this.#renderer.beginsLast) await this.#bytes.write(text);
  }

  /** All lines and bytes count, the trailer's too. */
  #limits({ maximumLines: own, maximumBytes }: FilesOrder["profile"]): Fits {
    const { maximumLines: known } = this.#start.kept.layout;
    if (own === undefined && known === undefined && maximumBytes === undefined) return ALWAYS_FITS;
    const endless = Number.POSITIVE_INFINITY;
    const mostLines = Math.min(own ?? endless, known ?? endless);
    const mostBytes = maximumBytes ?? Number.POSITIVE_INFINITY;
    return (text, totals, end) => {
      if (totals.lineCount > mostLines) return false;
      if (mostBytes === Number.POSITIVE_INFINITY) return true;
      const bytes = this.#bytesSoFar + Buffer.byteLength(text);
      return bytes + Buffer.byteLength(end()) <= mostBytes;
    };
  }

  #rowOf(stored: StoredBytes, waits: boolean): NewFile {
    const { runtime, profile, window, supersedes, actor } = this.#order;
    const zone = runtime.calendar.zone;
    return {
      clientId: runtime.id,
      id: this.id,
      profile: profile.name,
      sequence: this.sequence,
      windowId: window.id,
      part: this.#start.part,
      supersedesId: supersedes?.id ?? null,
      marker: profile.marker,
      fileName: String(this.#facts.fileName),
      layoutSha256: this.#start.kept.sha256,
      facts: { file: this.#facts, zone, ...this.#words.kept() },
      currency: this.#start.currency,
      postingDate: window.postingDate,
      ...stored,
      totals: this.#renderer.totals(),
      dueAt: waits || profile.delivery.kind === "byHand" ? null : this.#createdAt,
      release: waits ? "waiting" : "free",
      createdBy: actor,
    };
  }
}

function wordsOf(desk: BatchDesk, { runtime, profile }: FilesOrder, start: FileStart): FileWords {
  return fileWords({
    clientId: runtime.id,
    texts: profile.statementTexts,
    glNumber: (account) => {
      const known = runtime.rulebook.accounts.chart.get(account);
      return known === undefined ? null : (known.number ?? known.id);
    },
    vault: start.withNumbers ? desk.vault : null,
  });
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
    messageId: id.replaceAll("-", ""),
    ...(start.fileOfDay === null ? {} : { fileOfDay: start.fileOfDay }),
    ...Object.fromEntries(
      Object.entries(profile.values).map(([name, value]) => [`${VALUE_PREFIX}${name}`, value]),
    ),
  };
}
