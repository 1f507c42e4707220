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
/** While one set is being taken a fast service sends the one before it, and runs dry. */
const SIDE_BY_SIDE = 2;
const LEAST_POLL_SECONDS = 0.02;

export function startServiceWorker(
  desk: ServiceDesk,
  options: ServiceWorkerOptions = {},
): ServiceWorker {
  const worker = options.worker ?? `service-${process.pid}-${desk.engine.ids.next().slice(-8)}`;
  const rests = Array.from({ length: SIDE_BY_SIDE }, restingPlace);
  const wake = (): void => {
    for (const rest of rests) rest.wake();
  };
  const dispatcher = createDispatcher(desk, {
    ...options,
    worker,
    freed: wake,
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
  let takenOverAt = -Infinity;
  const rounds = async (rest: RestingPlace): Promise<void> => {
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
  const running = Promise.all(rests.map(rounds));

  return {
    wake,
    stop: async () => {
      isStopping = true;
      wake();
      await running;
      await dispatcher.idle();
      await heartbeat.stop();
      await dispatcher.close();
    },
  };
}

interface RestingPlace {
  wake(): void;
  rest(milliseconds: number): Promise<void>;
}

/** Rests until woken; waking while awake makes the next rest none. */
function restingPlace(): RestingPlace {
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
