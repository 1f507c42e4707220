/** A client with many disputes at once, each with a credit that waits for a person. */
import { executeAccounting } from "../../src/accounting/execute-accounting.ts";
import { openClaims } from "../../src/accounting/open-claims.ts";
import type { TestEngine } from "./engine.ts";
import { aClient } from "./engine.ts";

const AT_ONCE = 500;

/** Two disputes a claim, where there are two left; answers the client. */
export async function manyDisputes(engine: TestEngine, count: number): Promise<string> {
  const clientId = await aClient(engine);
  for (let from = 0; from < count; from += AT_ONCE) {
    const amounts = Array.from(
      { length: Math.min(AT_ONCE, count - from) },
      (_, index) => `${10 + from + index}.00`,
    );
    await openAndCredit(engine, clientId, amounts, from);
  }
  return clientId;
}

async function openAndCredit(
  engine: TestEngine,
  clientId: string,
  amounts: readonly string[],
  from: number,
): Promise<void> {
  const pairs = Array.from({ length: Math.ceil(amounts.length / 2) }, (_, index) =>
    amounts.slice(index * 2, index * 2 + 2),
  );
  const results = await engine.database.transaction((tx) =>
    openClaims(
      tx,
      engine,
      engine.vault,
      pairs.map((pair, index) => ({
        clientId,
        key: `many-${from + index}`,
        claimType: "Card",
        noticeReceivedOn: "2026-11-16",
        facts: {},
        disputes: pair.map((amount) => ({
          amount,
          currency: "USD",
          account: "4000123412341234",
          accountKind: "card" as const,
          facts: { network: "visa", product: "debit", regulation: "E" },
        })),
      })),
    ),
  );
  const disputes = results.flatMap((result) => {
    if (result.failure) throw result.failure;
    return result.disputes;
  });
  const done = await executeAccounting(
    engine,
    disputes.map((dispute, index) => ({
      clientId,
      key: `many-credit-${from + index}`,
      source: "api",
      actor: "test",
      dispute,
      operation: "issueProvisionalCredit",
      input: {},
    })),
  );
  for (const { failure } of done) if (failure !== null) throw failure;
}
