/** Renders files of made-up movements in memory, by a layout and the values of a profile. */
import { layoutSources, VALUE_PREFIX } from "../../src/batch/writing/layout-sources.ts";
import { layoutOf } from "../../src/batch/writing/layouts.ts";
import type { Movement, MovementEntry } from "../../src/batch/writing/line-values.ts";
import type { FileFacts, FileRenderer } from "../../src/batch/writing/render-file.ts";
import { fileRenderer } from "../../src/batch/writing/render-file.ts";
import { encoderOf } from "../../src/formats/encoding.ts";

export const TRIAL_HOLDER = "0190a1b2-0000-7000-8000-000000000001";

export const NACHA_VALUES = {
  immediateDestination: "231380104",
  immediateOrigin: "1234567890",
  destinationName: "Federal Reserve Bank",
  companyName: "North Bank",
  companyId: "1234567890",
  entryDescription: "DISPUTE",
  originatingDfi: "12104288",
  receivingDfi: "121042882",
};

export const PAIN_VALUES = {
  debtorName: "North Bank, Disputes",
  creditorName: "North Bank, Disputes",
  account: "99887766",
  clearingMember: "121042882",
};

const FACTS: FileFacts = {
  fileId: "0190a1b2-0000-7000-8000-00000000000f",
  messageId: "0190a1b200007000800000000000000f",
  fileSequence: 7,
  fileOfDay: 3,
  fileName: "core-2026-11-24-7.txt",
  marker: "TEST",
  sender: "North Bank",
  receiver: null,
  client: "north",
  profile: "core",
  layoutName: "trial",
  layoutVersion: "1",
  businessDate: "2026-11-24",
  postingDate: "2026-11-25",
  cutOff: "endOfDay",
  createdAt: "2026-11-24T23:00:01Z",
  zone: "America/New_York",
  currency: "USD",
  supersedesSequence: null,
  supersedesFileId: null,
};

/** One adjustment with one entry to or from the holder's account. */
export function trialMovement(
  ordinal: number,
  direction: "debit" | "credit",
  amountMinor: bigint,
  more: Partial<Movement> = {},
): Movement {
  const digits = String(ordinal).padStart(11, "0");
  const isCredit = direction === "credit";
  const entry: MovementEntry = {
    id: `0190a1b2-0000-7000-8000-e${digits}`,
    rule: isCredit ? "ProvisionalCredit" : "ReverseProvisionalCredit",
    kind: "original",
    debitCollection: isCredit ? "suspense" : "accountHolder",
    debitAccount: isCredit ? "suspense-visa-1044" : TRIAL_HOLDER,
    debitTranCode: "501",
    creditCollection: isCredit ? "accountHolder" : "suspense",
    creditAccount: isCredit ? TRIAL_HOLDER : "suspense-visa-1044",
    creditTranCode: "201",
    amountMinor,
    plannedPostingDate: "2026-11-25",
  };
  return {
    adjustmentId: `0190a1b2-0000-7000-8000-a${digits}`,
    keyRevision: 1,
    claim: "2611240001C",
    dispute: "2611240001D",
    holderAccount: TRIAL_HOLDER,
    operation: "issueProvisionalCredit",
    principalRule: entry.rule,
    reversesAdjustmentId: null,
    amountMinor,
    eventDate: "2026-11-23",
    firstPostingDate: "2026-11-25",
    facts: {},
    entries: [entry],
    ...more,
  };
}

export interface Trial {
  readonly layout: string | Record<string, unknown>;
  readonly values?: Record<string, string>;
  readonly facts?: Partial<FileFacts>;
  /** Of the holder's account. */
  readonly number?: string;
  readonly text?: string;
}

export function trialRenderer(trial: Trial): FileRenderer {
  const values = trial.values ?? {};
  const kept = layoutOf({ name: "core", layout: trial.layout, values }, layoutSources([]));
  const own = Object.entries(values).map(([name, value]) => [`${VALUE_PREFIX}${name}`, value]);
  return fileRenderer({
    layout: kept.layout,
    sources: layoutSources([]),
    facts: { ...FACTS, ...Object.fromEntries(own), ...trial.facts } as FileFacts,
    zone: "America/New_York",
    words: {
      textOf: (rule) => trial.text ?? `${rule} text`,
      numberOf: (account) => (account === TRIAL_HOLDER ? (trial.number ?? "744567899") : "1044"),
    },
  });
}

export function trialBytes(trial: Trial, movements: readonly Movement[]): Buffer {
  const renderer = trialRenderer(trial);
  const details = movements.map((movement) => renderer.add(movement).text).join("");
  const { layout } = layoutOf(
    { name: "core", layout: trial.layout, values: trial.values ?? {} },
    layoutSources([]),
  );
  return encoderOf(layout.encoding)(renderer.begin() + details + renderer.end());
}
