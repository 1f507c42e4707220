/** What is asked of a generation, and what it answers per file. */
import type { ClientRuntime } from "../../accounting/engine.ts";

import type { BatchProfile } from "../profile.ts";
import type { ControlTotals } from "./render-file.ts";

export interface FilesOrder {
  readonly runtime: ClientRuntime;
  readonly profile: BatchProfile;
  readonly window: {
    readonly id: string;
    readonly businessDate: string;
    readonly cutOff: string;
    readonly postingDate: string;
  };
  /** ISO instant: what became pending later stays for the next window. */
  readonly pendingBy: string;
  /** The last sequence given out, locked. */
  readonly lastSequence: bigint;
  readonly actor: string;
  /** Of a regeneration: the void file that is superseded, whose released lines are taken. */
  readonly supersedes: { readonly id: string; readonly sequence: bigint } | null;
}

export interface WrittenFile {
  readonly id: string;
  readonly sequence: bigint;
  readonly fileName: string;
  readonly currency: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly totals: ControlTotals;
}
