/** Made-up movements and a made-up file, to show what a layout makes of them. */
import type { Movement, MovementEntry } from "./line-values.ts";
import type { FileFacts } from "./render-file.ts";

export interface SampleAmount {
  /** Seen from the holder's account. */
  readonly direction: "debit" | "credit";
  readonly amountMinor: bigint;
}

/** Both directions, a cent, and an amount that is large. */
export const SAMPLE_AMOUNTS: readonly SampleAmount[] = [
  { direction: "credit", amountMinor: 12_500n },
  { direction: "debit", amountMinor: 8765n },
  { direction: "credit", amountMinor: 1n },
  { direction: "debit", amountMinor: 123_456_789n },
];

const SAMPLE_HOLDER = "01933333-0000-7000-8000-000000000001";

const OWN_ACCOUNT = "suspense-visa-1044";

export function sampleMovement(
  index: number,
  { direction, amountMinor }: SampleAmount,
  facts: readonly string[],
): Movement {
  const ordinal = String(index + 1).padStart(11, "0");
  const isCredit = direction === "credit";
  const entry: MovementEntry = {
    id: `01933333-0000-7000-8000-e${ordinal}`,
    rule: isCredit ? "ProvisionalCredit" : "ReverseProvisionalCredit",
    kind: isCredit ? "original" : "reversal",
    debitCollection: isCredit ? "suspense" : "accountHolder",
    debitAccount: isCredit ? OWN_ACCOUNT : SAMPLE_HOLDER,
    debitTranCode: isCredit ? "501" : "105",
    creditCollection: isCredit ? "accountHolder" : "suspense",
    creditAccount: isCredit ? SAMPLE_HOLDER : OWN_ACCOUNT,
    creditTranCode: isCredit ? "205" : "601",
    amountMinor,
    plannedPostingDate: "2026-11-25",
  };
  return {
    adjustmentId: `01933333-0000-7000-8000-a${ordinal}`,
    keyRevision: 1,
    claim: `261124${String(index + 1).padStart(4, "0")}C`,
    dispute: `261124${String(index + 1).padStart(4, "0")}D`,
    holderAccount: SAMPLE_HOLDER,
    operation: isCredit ? "issueProvisionalCredit" : "reverseProvisionalCredit",
    principalRule: entry.rule,
    reversesAdjustmentId: isCredit ? null : `01933333-0000-7000-8000-a${"0".repeat(11)}`,
    amountMinor,
    eventDate: "2026-11-23",
    firstPostingDate: "2026-11-25",
    facts: Object.fromEntries(facts.map((name) => [name, name])),
    entries: [entry],
  };
}

export function sampleFacts(of: {
  currency: string;
  zone: string;
  layoutName: string;
  layoutVersion: string;
}): FileFacts {
  return {
    fileId: "01933333-0000-7000-8000-00000000000f",
    messageId: "0193333300007000800000000000000f",
    fileSequence: 7,
    fileOfDay: 1,
    fileName: "sample-2026-11-24-7.txt",
    marker: "TEST",
    sender: "Sample Bank",
    receiver: "Core",
    client: "sample",
    profile: "sample",
    businessDate: "2026-11-24",
    postingDate: "2026-11-25",
    cutOff: "endOfDay",
    createdAt: "2026-11-24T23:00:01Z",
    supersedesSequence: null,
    supersedesFileId: null,
    ...of,
  };
}
