import { expect, test } from "vitest";

import { aClient, testEngine } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { workByHand } from "../../test/support/work-by-hand.ts";

import { postingDetails } from "./posting-details.ts";

const database = useDatabase();
const engine = testEngine(database);

test("say everything to post it elsewhere, the number masked, and why", async () => {
  const row = await workByHand(engine);

  const details = await postingDetails(engine, engine.vault, {
    clientId: row.clientId,
    id: row.adjustmentId ?? "",
  });

  expect(details).toMatchObject({
    claim: row.claim,
    dispute: row.dispute,
    amount: { amount: "100.00", currency: "USD" },
    eventDate: "2026-11-16",
    plannedPostingDate: "2026-11-16",
    statementText: expect.stringContaining(row.dispute ?? "-"),
    why: { operation: "issueProvisionalCredit", askedBy: "test", route: "MANUAL" },
    entries: [
      {
        rule: "ProvisionalCredit",
        debit: { collection: "suspense", accountNumber: "1410-0100", revealable: false },
        credit: { collection: "accountHolder", revealable: true },
        isExecuted: false,
      },
    ],
    attestations: [],
  });
  const [entry] = details.entries;
  expect(entry?.credit.accountNumber).toMatch(/1234$/);
  expect(entry?.credit.tranCode).not.toBeNull();
  expect(entry?.chosenBy.length).toBeGreaterThan(0);
  expect(JSON.stringify(details)).not.toContain("4000123412341234");
});

test("what does not exist is not found", async () => {
  const clientId = await aClient(engine);

  const missing = () =>
    postingDetails(engine, engine.vault, {
      clientId,
      id: engine.ids.next(),
    });

  await expect(missing()).rejects.toMatchObject({ code: "not-found" });
});
