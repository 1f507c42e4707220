/**
 * Tells how far a generation is. Nothing of it is waited for: the generation holds a connection,
 * and waiting for a second one could wait for ever. What cannot be told is not told.
 */
import type { BatchDesk } from "../desk.ts";
import { forgetProgress, keepProgress, progressSince } from "./store-progress.ts";
import type { ProgressRow } from "./store-progress.ts";

const MILLISECONDS_BETWEEN = 1000;
/** What was not heard of for so long was killed, or waits for its commit. */
const MINUTES_BELIEVED = 2;

export class Progress {
  readonly #desk: BatchDesk;
  readonly #of: Pick<ProgressRow, "clientId" | "profile" | "actor" | "total" | "startedAt">;
  #rendered = 0n;
  #toldAt = 0;
  /** What was told last, while it is on its way; nothing else is told meanwhile. */
  #onItsWay: Promise<void> | null = null;
  #isOver = false;

  constructor(desk: BatchDesk, of: Pick<ProgressRow, "clientId" | "profile" | "actor" | "total">) {
    this.#desk = desk;
    this.#of = { ...of, startedAt: desk.engine.clock.now().toString() };
  }

  add(rendered: number): void {
    this.#rendered += BigInt(rendered);
    const now = this.#desk.engine.clock.now();
    const isSoon = now.epochMilliseconds - this.#toldAt < MILLISECONDS_BETWEEN;
    if (isSoon || this.#onItsWay !== null) return;
    this.#toldAt = now.epochMilliseconds;
    const row = { ...this.#of, rendered: this.#rendered, toldAt: now.toString() };
    this.#onItsWay = this.#tell(row);
  }

  async #tell(row: ProgressRow): Promise<void> {
    await keepProgress(this.#desk.engine.database, row).catch(() => undefined);
    this.#onItsWay = null;
    if (this.#isOver) this.#forget();
  }

  over(): void {
    this.#isOver = true;
    if (this.#onItsWay === null && this.#toldAt !== 0) this.#forget();
  }

  #forget(): void {
    forgetProgress(this.#desk.engine.database, this.#of).catch(() => undefined);
  }
}

/** Generations under way at the clients given. */
export function runningGenerations(
  { engine }: Pick<BatchDesk, "engine">,
  clients: readonly string[],
): Promise<ProgressRow[]> {
  const since = engine.clock.now().subtract({ minutes: MINUTES_BELIEVED }).toString();
  return progressSince(engine.database, clients, since);
}
