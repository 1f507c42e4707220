/** Gives an ageing item to another owner, with another date if need be; who had it stays known. */
import { ownAgeingItem } from "../accounting/store-ageing.ts";
import type { ClientRuntime, Engine } from "../accounting/engine.ts";
import { refuseCardNumbers } from "../kernel/card-number.ts";
import { Failure } from "../kernel/failure.ts";

import type { AgeingRow } from "./ageing-views.ts";
import { ageingItem } from "./ageing-views.ts";

export interface NewOwner {
  readonly clientIds: readonly string[];
  readonly id: string;
  readonly version: number;
  readonly owner: string;
  /** As before where left out. */
  readonly dueOn?: string | undefined;
  readonly reason: string;
  readonly actor: string;
}

/**
 * Throws `not-found`, `transition-refused` for an item that ended, `stale-version`, `date-invalid`
 * for a day that is past, `card-number-in-text`.
 */
export function giveAgeingItem(engine: Engine, to: NewOwner): Promise<AgeingRow> {
  refuseCardNumbers(to.owner, "owner");
  refuseCardNumbers(to.reason, "reason");
  return engine.database.transaction(async (tx) => {
    const item = await ageingItem(tx, to.clientIds, to.id);
    if (item.settledAt !== null) {
      throw new Failure("transition-refused", `the item ended: ${item.outcome ?? ""}`);
    }
    const client = (await engine.clients(tx, [item.clientId])).get(item.clientId) as ClientRuntime;
    const now = engine.clock.now();
    const today = client.calendar.dateOf(now);
    const dueOn = to.dueOn ?? item.dueOn;
    if (to.dueOn !== undefined && to.dueOn < today) {
      const detail = `${to.dueOn} is past: today is ${today}`;
      throw new Failure("date-invalid", detail, {}, [{ pointer: "/dueOn", detail }]);
    }
    const { owner, reason, actor, version } = to;
    const key = { clientId: item.clientId, id: item.id, version };
    const changed = await ownAgeingItem(tx, key, { owner, dueOn, reason, actor }, now.toString());
    if (changed === 0) {
      const facts = { read: version, present: item.version };
      throw new Failure("stale-version", `version ${version} was read, it is not the last`, facts);
    }
    return ageingItem(tx, to.clientIds, to.id);
  });
}
