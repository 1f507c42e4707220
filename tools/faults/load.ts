/** The adjustments of a run: credits of many disputes, and debits that take some of them back. */
import type { OperationRequest } from "../../src/accounting/execute-accounting.ts";
import { executeAccounting } from "../../src/accounting/execute-accounting.ts";
import { openClaims } from "../../src/accounting/open-claims.ts";
import { sql } from "../../src/database/sql.ts";
import type { OpenEngine } from "../../src/open-engine.ts";

const AT_ONCE = 500;

/** One dispute and one provisional credit each; every one on an account of its own. */
export async function creditAll(
  { engine, vault }: OpenEngine,
  clientId: string,
  count: number,
): Promise<void> {
  for (let from = 0; from < count; from += AT_ONCE) {
    const ordinals = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, i) => from + i);
    const claims = await engine.database.transaction((tx) =>
      openClaims(
        tx,
        engine,
        vault,
        ordinals.map((ordinal) => ({
          clientId,
          key: `claim-${ordinal}`,
          claimType: "Card",
          noticeReceivedOn: engine.clock.now().toString().slice(0, 10),
          facts: {},
          disputes: [
            {
              amount: amountOf(ordinal),
              currency: "USD",
              account: `5200${String(ordinal).padStart(9, "0")}1`,
              accountKind: "account" as const,
              facts: { network: "visa", product: "credit", regulation: "Z" },
            },
          ],
        })),
      ),
    );
    await operate(
      engine,
      claims.map((claim, index) => ({
        clientId,
        key: `credit-${ordinals[index]}`,
        dispute: claim.disputes[0] ?? "",
        operation: "issueProvisionalCredit",
        input: {},
      })),
    );
  }
}

/** Denies disputes whose credit is executed: the debit is sent after it. */
export async function takeBackSome(
  { engine }: OpenEngine,
  clientId: string,
  count: number,
): Promise<void> {
  const rows = await engine.database.query<{ dispute: string; key: string }>(sql`
    select d.number as dispute, a.id::text as key
    from adjustment a
    join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
    where a.client_id = ${clientId} and a.state = 'executed'
    order by a.id
    limit ${count}
  `);
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    await operate(
      engine,
      rows.slice(from, from + AT_ONCE).map(({ dispute, key }) => ({
        clientId,
        key: `denial-${key}`,
        dispute,
        operation: "denyDispute",
        input: { debitOn: "now" },
      })),
    );
  }
}

async function operate(
  engine: OpenEngine["engine"],
  requests: readonly Pick<
    OperationRequest,
    "clientId" | "key" | "dispute" | "operation" | "input"
  >[],
): Promise<void> {
  const results = await executeAccounting(
    engine,
    requests.map((one) => ({ ...one, source: "import" as const, actor: "faults" })),
  );
  for (const result of results) if (result.failure !== null) throw result.failure;
}

function amountOf(ordinal: number): string {
  return `${(ordinal % 900) + 10}.${String((ordinal * 7) % 100).padStart(2, "0")}`;
}
