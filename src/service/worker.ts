/**
 * The worker of the service route: rounds as long as there is something to do, a look now and then
 * when there is not, leases renewed while calls are under way.
 */
import { repeatedly } from "../kernel/repeatedly.ts";

import type { DispatcherOptions } from "./dispatcher.ts";
import { createDispatcher } from "./dispatcher.ts";
import type { ServiceDesk } from "./desk.ts";

export interface ServiceWorkerOptions extends Pick<DispatcherOptions, "openAdapter"> {
  readonly worker?: string;
  /** How long it rests when nothing was due. */
  readonly pollSeconds?: number;
}

export interface ServiceWorker {
  /** Looks at once, e.g. after a *Run now*. */
  wake(): void;
  /** Takes nothing new, waits for the calls under way and their records. */
  stop(): Promise<void>;
}

const POLL_SECONDS = 0.5;
const LEAST_POLL_SECONDS = 0.02;

export function startServiceWorker(
  desk: ServiceDesk,
  options: ServiceWorkerOptions = {},
): ServiceWorker {
  const worker = options.worker ?? `service-${process.pid}-${desk.engine.ids.next().slice(-8)}`;
  const rest = restingPlace();
  const dispatcher = createDispatcher(desk, {
    ...options,
    worker,
    freed: () => rest.wake(),
  });
  // Where waits are shortened for a test, its rests are too.
  const shortened = Math.max(POLL_SECONDS / desk.retryDivisor, LEAST_POLL_SECONDS);
  const pollMilliseconds = (options.pollSeconds ?? shortened) * 1000;
  const leaseMilliseconds = desk.leaseSeconds * 1000;
  let isStopping = false;

  const guarded = async <Result>(what: string, work: () => Promise<Result>, otherwise: Result) => {
    try {
      return await work();
    } catch (error) {
      desk.report(what, error);
      return otherwise;
    }
  };
  const rounds = async (): Promise<void> => {
    let takenOverAt = -Infinity;
    while (!isStopping) {
      if (performance.now() - takenOverAt > leaseMilliseconds / 4) {
        takenOverAt = performance.now();
        await guarded("taking over failed", () => dispatcher.takeOver(), 0);
      }
      const started = await guarded("a round of calls failed", () => dispatcher.round(), 0);
      if (started === 0 && !isStopping) await rest.rest(pollMilliseconds);
    }
  };
  const heartbeat = repeatedly(() => dispatcher.renew(), {
    seconds: desk.leaseSeconds / 3,
    failed: (error) => desk.report("renewing leases failed", error),
  });
  const running = rounds();

  return {
    wake: () => rest.wake(),
    stop: async () => {
      isStopping = true;
      rest.wake();
      await running;
      await dispatcher.idle();
      await heartbeat.stop();
      await dispatcher.close();
    },
  };
}

/** Rests until woken; waking while awake makes the next rest none. */
function restingPlace(): { wake(): void; rest(milliseconds: number): Promise<void> } {
  let isWoken = false;
  let stopResting: (() => void) | null = null;
  return {
    wake: () => {
      isWoken = true;
      stopResting?.();
    },
    rest: async (milliseconds) => {
      if (!isWoken) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          stopResting = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      isWoken = false;
      stopResting = null;
    },
  };
}
