/** What a run is asked to do, and the client it is done for. */
import type { FaultName } from "../../examples/cores/faults.ts";

export interface FaultRun {
  readonly core: string;
  readonly fault: FaultName;
  /** Adjustments: five in six credits, and of one in five of them the debit that takes it back. */
  readonly count: number;
  readonly oneIn: number;
  readonly kills: number;
  readonly workers: number;
  readonly seed: number;
  readonly lookUp: boolean;
  readonly remark: (line: string) => void;
}

export const CLIENT = "under-faults";
