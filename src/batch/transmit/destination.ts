/**
 * What every kind of destination is asked: to take a file, and to be tried without one. It answers
 * only what is proven. What it does it tells the journal before and after, so that another process
 * can go on from there.
 */
import type { TestStep } from "../../connections/reach.ts";

/** One file on its way: the bytes that leave, sealed where the profile seals them. */
export interface Consignment {
  readonly fileName: string;
  readonly fileId: string;
  /** Distinguishes the temporary files of one file's tries. */
  readonly tryName: string;
  readonly sizeBytes: number;
  readonly sha256: Buffer;
  content(): AsyncIterable<Buffer>;
}

export interface RecordedStep {
  readonly transmission: number;
  readonly step: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Journal {
  /** The steps of this transmission's earlier tries, in order. */
  readonly earlier: readonly RecordedStep[];
  /** Those of the transmissions before it: a person asked for this one since. */
  readonly before: readonly RecordedStep[];
  /**
   * Commits a step. Failpoints: `batch.transmit.STEP` before it is committed, and after it
   * `batch.transmit.STEP.recorded`. Throws `Overtaken` when a newer try has begun.
   */
  record(step: string, detail?: Readonly<Record<string, unknown>>): Promise<void>;
  /** A place between two steps, for failpoints: `batch.transmit.NAME`. */
  pass(name: string): void;
}

/** A newer try goes on with the file: this one may touch nothing any more. */
export class Overtaken extends Error {
  override readonly name = "Overtaken";
}

export type DeliveryOutcome =
  | { readonly kind: "placed"; readonly evidence: string }
  /** Proven: it is not at the destination. */
  | { readonly kind: "notPlaced"; readonly reason: string }
  | { readonly kind: "couldNotTell"; readonly reason: string };

export const PROBES = [
  "address",
  "connection",
  "tls",
  "hostKey",
  "signIn",
  "directory",
  "writing",
  "call",
  "sealing",
] as const;
export type ProbeName = (typeof PROBES)[number];
export type ProbeStep = TestStep<ProbeName>;

export interface Destination {
  /** Never throws for what the other side does; it says what is proven. */
  place(consignment: Consignment, journal: Journal): Promise<DeliveryOutcome>;
  /** Goes as far as it can without a file of money. The name is one that no file has. */
  probe(name: string): Promise<ProbeStep[]>;
}

export function notPlaced(reason: string): DeliveryOutcome & { kind: "notPlaced" } {
  return { kind: "notPlaced", reason };
}

export function couldNotTell(reason: string): DeliveryOutcome & { kind: "couldNotTell" } {
  return { kind: "couldNotTell", reason };
}

/**
 * Whether the steps leave open that the file stands under its final name: naming was begun (or the
 * last bytes let go), and nothing after it says that it did not happen.
 */
export function mayBeThere(steps: readonly RecordedStep[]): boolean {
  const last = steps.findLast(({ step }) => DECIDING.has(step));
  return last !== undefined && last.step !== "notNamed";
}

/**
 * Whether an earlier transmission ended without proof that the file is not at the destination. A
 * later one that fails proves nothing of what the earlier one placed.
 */
export function mayHaveArrived(before: readonly RecordedStep[]): boolean {
  if (before.some(({ step }) => ARRIVED.has(step))) return true;
  const ends = before.filter(({ step }) => step === "notPlaced" || step === "couldNotTell");
  return ends.some(({ transmission, step }, index) => {
    const isLast = ends[index + 1]?.transmission !== transmission;
    return isLast && step === "couldNotTell";
  });
}

const ARRIVED: ReadonlySet<string> = new Set(["placed", "statedHandedOver"]);

const DECIDING: ReadonlySet<string> = new Set(["naming", "named", "completing", "notNamed"]);

export function lastOf(steps: readonly RecordedStep[], name: string): RecordedStep | undefined {
  return steps.findLast(({ step }) => step === name);
}
