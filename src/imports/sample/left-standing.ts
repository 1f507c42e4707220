/** What the sample's people left standing: work that waits, that nobody can do, and a group. */
import type { Engine } from "../../accounting/engine.ts";
import { writeGroup } from "../../work/groups.ts";
import { markUnworkable } from "../../work/mark-unworkable.ts";
import { pendAssignments } from "../../work/pend.ts";
import { listAssignments } from "../../work/views.ts";

interface Left {
  readonly clients: readonly string[];
  readonly people: readonly string[];
}

const TYPE = "Merchant Funds Disbursement";

export async function leaveStanding(engine: Engine, { clients, people }: Left): Promise<void> {
  const [pends = "", marks = ""] = people;
  const { database, clock } = engine;
  const found = await listAssignments(database, { clientIds: clients, type: TYPE, limit: 10 });
  const [first, second, third] = found.items.filter((one) => one.pendedUntil === null);
  const until = clock.now().add({ hours: 72 }).toString();
  for (const one of [first, second]) {
    if (one === undefined) continue;
    const reason = "the merchant names the account to return it to by then";
    await pendAssignments(engine, pends, [one], { until, reason });
  }
  if (third !== undefined) {
    await markUnworkable(
      engine,
      marks,
      [third],
      "the merchant is gone: no account to return it to",
    );
  }
  const group = {
    kind: "assignment",
    name: "Exceptions",
    description: "Who sees to what does not balance",
    queues: ["AccountingException.Card", "MerchantFundsDisbursement.Card"],
    members: [],
    version: null,
  } as const;
  await writeGroup(engine, group, "admin");
}
