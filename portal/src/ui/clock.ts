/** The time of day for what is shown as "4 h left": one timer for the whole page. */
import { useSyncExternalStore } from "react";

const TICK_MILLISECONDS = 15_000;

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, TICK_MILLISECONDS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** Milliseconds since the epoch, renewed every quarter of a minute. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}
