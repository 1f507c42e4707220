/**
 * Does something again and again until stopped: how a worker looks at rows. One run at a time; a
 * failed one is reported and does not end the worker.
 */
import { setTimeout as delay } from "node:timers/promises";

export interface Repeating {
  /** Looks now rather than at the next turn: a hint that something is due. */
  wake(): void;
  /** Resolves when the run under way has ended; no other begins. */
  stop(): Promise<void>;
}

export function repeatedly(
  work: () => Promise<unknown>,
  options: { readonly seconds: number; readonly failed: (error: unknown) => void },
): Repeating {
  let stopped = false;
  let waiting = new AbortController();
  const loop = async (): Promise<void> => {
    while (!stopped) {
      waiting = new AbortController();
      try {
        await work();
      } catch (error) {
        options.failed(error);
      }
      if (stopped) return;
      await delay(options.seconds * 1000, undefined, { signal: waiting.signal }).catch(
        () => undefined,
      );
    }
  };
  const running = loop();
  return {
    wake: () => waiting.abort(),
    stop: async () => {
      stopped = true;
      waiting.abort();
      await running;
    },
  };
}
