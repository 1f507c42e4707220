/**
 * What a file that a destination sent back says, whatever its format: one shape, so that matching
 * knows no formats. A reader never guesses: what it cannot read is a fault with its place.
 */
export const INBOUND_FORMATS = [
  "csv",
  "fixedWidth",
  "jsonLines",
  "bai2",
  "camt.053",
  "camt.054",
  "pain.002",
  "nacha-return",
  "nacha-acknowledgement",
] as const;

export type InboundFormat = (typeof INBOUND_FORMATS)[number];

/**
 * They show what moved on an account: what comes back stands there on the other side than what it
 * takes back, or, with some senders, on the same.
 */
export const ACCOUNT_STATEMENTS: ReadonlySet<InboundFormat> = new Set([
  "bai2",
  "camt.053",
  "camt.054",
]);

/** `posted`: a statement shows it booked. `unknown`: received, and nothing decided yet. */
export type InboundStatus = "accepted" | "refused" | "unknown" | "posted";

export interface InboundLine {
  /** Where it stands in the file, from 1. */
  readonly lineNumber: number;
  readonly reference: string | null;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
  readonly side: "debit" | "credit" | null;
  readonly status: InboundStatus;
  readonly code: string | null;
  readonly reason: string | null;
  /** ISO date. */
  readonly bookedOn: string | null;
  readonly original: {
    readonly traceNumber?: string;
    readonly fileId?: string;
    readonly endToEndId?: string;
  };
}

export interface InboundFault {
  readonly line: number | null;
  readonly place: string;
  readonly reason: string;
}

export interface InboundDocument {
  /** What its sender calls this very file; a second one of the same name is a duplicate. */
  readonly identity: string | null;
  readonly createdAt: string | null;
  readonly account: string | null;
  readonly currency: string | null;
  /** What the file says of itself. */
  readonly controls: {
    readonly count?: number;
    readonly debitMinor?: bigint;
    readonly creditMinor?: bigint;
  };
  readonly lines: readonly InboundLine[];
  readonly faults: readonly InboundFault[];
}

/** A file that is not read any further than to this fault. */
export function unread(fault: InboundFault): InboundDocument {
  return {
    identity: null,
    createdAt: null,
    account: null,
    currency: null,
    controls: {},
    lines: [],
    faults: [fault],
  };
}
