import { expect, test } from "vitest";
import { Temporal } from "temporal-polyfill";

import { testEngine } from "../../../test/support/engine.ts";
import type { TestEngine } from "../../../test/support/engine.ts";
import { useDatabase } from "../../../test/support/use-database.ts";
import { executeAccounting } from "../../accounting/execute-accounting.ts";
import { openClaims } from "../../accounting/open-claims.ts";
import { insertClient } from "../../cases/store.ts";
import type { Database } from "../../database/database.ts";
import { sql } from "../../database/sql.ts";

import { booksDigest } from "./books-digest.ts";

const one = useDatabase();
const other = useDatabase();

/** The same small import, in sets of a size, at a time. */
async function imported(
  database: Database,
  options: { setSize: number; startsAt?: string; amount?: string },
): Promise<TestEngine> {
  const engine = testEngine(database);
  engine.clock.set(Temporal.Instant.from(options.startsAt ?? "2026-11-16T15:00:00Z"));
  const createdAt = engine.clock.now().toString();
  await database.transaction((tx) =>
    insertClient(tx, { id: "harbor", name: "Harbor", settings: {}, createdAt }),
  );
  const numbers = Array.from({ length: 6 }, (_, index) => `261101000${index}`);
  await database.transaction((tx) =>
    openClaims(
      tx,
      engine,
      engine.vault,
      numbers.map((number) => ({
        clientId: "harbor",
        key: `claim-${number}`,
        claim: `${number}C`,
        claimType: "Card",
        noticeReceivedOn: "2026-11-01",
        facts: {},
        disputes: [
          {
            dispute: `${number}D`,
            amount: options.amount ?? "100.00",
            currency: "USD",
            account: `400012341234${number.slice(6)}`,
            accountKind: "card" as const,
            facts: { network: "visa", product: "debit", regulation: "E" },
          },
        ],
      })),
    ),
  );
  const requests = ["issueProvisionalCredit", "recordChargeback", "notAnOperation"].flatMap(
    (operation) =>
      numbers.map((number) => ({
        clientId: "harbor",
        key: `${operation}-${number}`,
        source: "import" as const,
        actor: "import",
        dispute: `${number}D`,
        operation,
        input:
          operation === "recordChargeback" ? { amount: "40.00", reference: `CB-${number}` } : {},
        at: "2026-11-02T15:00:00Z",
      })),
  );
  for (let from = 0; from < requests.length; from += options.setSize) {
    await executeAccounting(engine, requests.slice(from, from + options.setSize));
    engine.clock.advance({ seconds: 7 });
  }
  return engine;
}

test("the same file gives the same digest, however it was cut and whenever it ran", async () => {
  await imported(one, { setSize: 100 });
  await imported(other, { setSize: 1, startsAt: "2026-11-17T09:30:00Z" });

  const digests = [await booksDigest(one), await booksDigest(other)];

  expect(digests[0]).toBe(digests[1]);
});

test("another amount, a lost entry or an operation more give another digest", async () => {
  await imported(one, { setSize: 100 });
  await imported(other, { setSize: 100, amount: "100.01" });
  const digest = await booksDigest(one);
  const otherAmount = await booksDigest(other);
  await one.owner.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`);
    await tx.execute(sql`delete from entry where id = (select min(id::text)::uuid from entry)`);
  });
  const lostEntry = await booksDigest(one);
  await one.owner.execute(sql`
    insert into operation
    select client_id, gen_random_uuid(), key || '-again', body_hash, source, claim_id, dispute_id,
           operation, input, at, event_date, actor, state, outcome, state_before, recorded_at
    from operation limit 1`);

  const digests = [digest, otherAmount, lostEntry, await booksDigest(one)];

  expect(new Set(digests).size).toBe(4);
});
