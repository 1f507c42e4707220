/**
 * A deterministic import file: claims with one dispute each and the operations of an ordinary
 * week, in the mix that a card program shows. The same count and seed give the same bytes.
 */
import { seededRandom } from "../src/rehearsal/seeded-random.ts";
import type { SeededRandom } from "../src/rehearsal/seeded-random.ts";

export interface ImportMix {
  /** Lines of type operation; claims come on top. */
  readonly operations: number;
  readonly clients: readonly string[];
  readonly seed?: number;
}

const NETWORKS = ["visa", "visa", "mastercard", "star"];
const DAY = "261116";

/** Claim lines and operation lines, operations after the claims they are on. */
export function* importLines({ operations, clients, seed = 1 }: ImportMix): Generator<string> {
  const random = seededRandom(seed);
  let made = 0;
  for (let ordinal = 1; made < operations; ordinal += 1) {
    const client = clients[ordinal % clients.length] ?? "";
    const dispute = `${DAY}${String(ordinal).padStart(6, "0")}D`;
    const cents = 500 + random.below(95_000);
    const amount = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
    const network = random.pick(NETWORKS);
    yield JSON.stringify({
      type: "claim",
      key: `claim-${ordinal}`,
      client,
      claim: `${DAY}${String(ordinal).padStart(6, "0")}C`,
      claimType: "Card",
      noticeReceivedOn: "2026-11-16",
      disputes: [
        {
          dispute,
          amount,
          currency: "USD",
          network,
          product: "debit",
          regulation: "E",
          account: String(4_000_000_000_000_000 + random.below(2_000_000_000)),
        },
      ],
    });
    for (const [operation, input] of story(random, amount).slice(0, operations - made)) {
      made += 1;
      yield JSON.stringify({
        type: "operation",
        key: `operation-${made}`,
        client,
        dispute,
        operation,
        input: operation.startsWith("record") ? { ...input, reference: `arn-${made}` } : input,
        at: "2026-11-16T15:04:05Z",
      });
    }
  }
}

function story(random: SeededRandom, amount: string): [string, Record<string, unknown>][] {
  switch (random.below(10)) {
    case 0:
      return [["payFromLoss", {}]];
    case 1:
      return [
        ["issueProvisionalCredit", { fees: "35.00" }],
        ["withdrawDispute", {}],
      ];
    case 2:
      return [
        ["issueProvisionalCredit", {}],
        ["denyDispute", {}],
      ];
    case 3:
      return [
        ["issueProvisionalCredit", {}],
        ["writeOff", {}],
      ];
    default:
      return [
        ["issueProvisionalCredit", {}],
        ["recordChargeback", { amount }],
      ];
  }
}
