/** What the verbs of the service route need beside the engine. */
import type { AccountVault } from "../access/vault.ts";
import type { Engine } from "../accounting/engine.ts";
import type { Failpoints } from "../kernel/failpoints.ts";

import type { Secrets } from "../connections/secrets.ts";

/** Who did it, where nobody did. */
export const MACHINE_ACTOR = "redress";

export interface ServiceDesk {
  readonly engine: Engine;
  /** Asked for numbers only where a template carries them. */
  readonly vault: Pick<AccountVault, "numbers" | "numbersWithMasks">;
  readonly secrets: Secrets;
  readonly failpoints: Failpoints;
  /** 0 … 1, for jitter. */
  readonly random: () => number;
  /** How long a worker holds what it took; it renews as long as it lives. */
  readonly leaseSeconds: number;
  /** Divides the waits between calls, so that tests see hours of outage in seconds. */
  readonly retryDivisor: number;
  /** Overrides the services' own time-out of a call; for tests. */
  readonly callTimeoutSeconds?: number | undefined;
  /** What went wrong on our own side, for the log; no numbers, no secrets. */
  report(problem: string, error: unknown): void;
}
