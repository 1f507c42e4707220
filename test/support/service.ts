/** A desk for the service route over a test's database, its stand-in core, and the two books. */
import { Temporal } from "temporal-polyfill";

import type { Core } from "../../examples/stand-in-core/core.ts";
import type { FaultName } from "../../examples/stand-in-core/faults.ts";
import { standInService } from "../../examples/stand-in-core/service.ts";
import { executeAccounting } from "../../src/accounting/execute-accounting.ts";
import type { Queries } from "../../src/database/database.ts";
import { sql } from "../../src/database/sql.ts";
import type { ManualClock } from "../../src/kernel/clock.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import type { Failpoints } from "../../src/kernel/failpoints.ts";
import { noFailpoints } from "../../src/kernel/failpoints.ts";
import type { ServiceAdapter } from "../../src/service/adapter.ts";
import type { ServiceDesk } from "../../src/service/desk.ts";
import { createDispatcher } from "../../src/service/dispatcher.ts";
import { openAdapter } from "../../src/service/http-adapter.ts";
import type { Service } from "../../src/service/service-configuration.ts";
import { secretsFrom } from "../../src/connections/secrets.ts";
import { attemptsOf } from "../../src/service/views.ts";
import { aClient, aDisputeOf, START } from "./engine.ts";
import type { TestEngine } from "./engine.ts";

/** Runs on like the machine's clock, from an instant of its own; several processes can share it. */
export function tickingClock(
  aheadMilliseconds = Temporal.Instant.from(START).epochMilliseconds -
    systemClock.now().epochMilliseconds,
): ManualClock & { readonly aheadMilliseconds: number } {
  let ahead = aheadMilliseconds;
  const now = (): Temporal.Instant => systemClock.now().add({ milliseconds: Math.round(ahead) });
  return {
    aheadMilliseconds,
    now,
    set: (to) => {
      ahead += to.epochMilliseconds - now().epochMilliseconds;
    },
    advance: (duration) => {
      ahead += Temporal.Duration.from(duration).total("milliseconds");
    },
  };
}

export interface DeskOptions {
  readonly failpoints?: Failpoints;
  readonly leaseSeconds?: number;
  readonly retryDivisor?: number;
  readonly problems?: unknown[];
}

export function serviceDesk(engine: TestEngine, options: DeskOptions = {}): ServiceDesk {
  return {
    engine,
    vault: engine.vault,
    secrets: secretsFrom({ CORE_TOKEN: "sesame" }),
    failpoints: options.failpoints ?? noFailpoints,
    random: () => 0.5,
    leaseSeconds: options.leaseSeconds ?? 30,
    retryDivisor: options.retryDivisor ?? 1,
    report: (problem, error) => options.problems?.push([problem, error]),
  };
}

let ordinal = 0;

/** Adjustments that wait for the client's service: provisional credits of many disputes. */
export async function pendingCredits(
  engine: TestEngine,
  clientId: string,
  amounts: readonly string[],
): Promise<string[]> {
  const disputes: string[] = [];
  for (const amount of amounts) disputes.push(await aDisputeOf(engine, clientId, {}, amount));
  const results = await executeAccounting(
    engine,
    disputes.map((dispute, index) => ({
      clientId,
      key: `credit-${(ordinal += 1)}`,
      source: "import" as const,
      actor: "test",
      dispute,
      operation: "issueProvisionalCredit",
      input: { amount: amounts[index] },
    })),
  );
  return results.flatMap((result) => {
    if (result.failure !== null) throw result.failure;
    return result.adjustments.map((one) => one.id);
  });
}

/** A client whose service is the core given, and a credit of 100.00 that waits for it. */
export async function aServiceCredit(
  engine: TestEngine,
  address: string,
  settings: Record<string, unknown> = {},
): Promise<{ client: string; id: string }> {
  const service = { ...standInService(address, { callSeconds: 0.3 }), ...settings };
  const client = await aClient(engine, { services: { core: service } });
  const [id = ""] = await pendingCredits(engine, client, ["100.00"]);
  return { client, id };
}

/** Every call of the kind given goes wrong in this way; null: none does. */
export function failEvery(
  core: Core,
  fault: FaultName | null,
  on: "postings" | "lookUps" = "postings",
): void {
  core.faults.plan = { seed: 1, rules: fault === null ? [] : [{ fault, oneIn: 1, on }] };
}

/** One round of calls to its end, by a process of its own; answers how many were started. */
export async function runRound(desk: ServiceDesk): Promise<number> {
  const dispatcher = createDispatcher(desk, { worker: "test" });
  const started = await dispatcher.round();
  await dispatcher.idle();
  await dispatcher.close();
  return started;
}

/** Purpose, outcome and key revision of every attempt, oldest first. */
export async function attemptsMade(
  db: Queries,
  { client, id }: { client: string; id: string },
): Promise<[string, string | null, number][]> {
  const rows = await attemptsOf(db, [
    { clientId: client, adjustmentId: id, createdAt: "2026-01-01T00:00:00Z" },
  ]);
  return rows.map((row) => [row.purpose, row.outcome, row.keyRevision]);
}

export interface Standing {
  readonly id: string;
  readonly state: string;
  readonly mayAct: boolean;
  readonly revision: number;
  readonly shown: string | null;
  readonly assignmentId: string | null;
  readonly version: number | null;
  readonly reason: string | null;
}

/** How adjustments stand and what they show. */
export function standing(db: Queries, ids: readonly string[]): Promise<Standing[]> {
  return db.query(sql`
    select a.id, a.state, a.machine_may_act as "mayAct", a.key_revision as revision,
           s.type as shown, s.id as "assignmentId", s.version,
           (select t.reason from transition t
            where t.client_id = a.client_id and t.adjustment_id = a.id
            order by t.recorded_at desc, t.id desc limit 1) as reason
    from unnest(${ids}::uuid[]) with ordinality as wanted (id, place)
    join adjustment a on a.id = wanted.id
    left join assignment s on s.client_id = a.client_id and s.id = a.open_assignment_id
    order by wanted.place
  `);
}

export async function onlyStanding(db: Queries, id: string): Promise<Standing> {
  const [row] = await standing(db, [id]);
  if (row === undefined) throw new Error(`no adjustment ${id}`);
  return row;
}

/** What Redress says is executed, by account number as the core knows it, in minor units. */
export async function executedByAccount(
  engine: TestEngine,
  clientId: string,
): Promise<Record<string, string>> {
  const db = engine.database;
  const rows = await db.query<{ account: string; minor: bigint; isHolder: boolean }>(sql`
    select account, sum(executed_minor)::bigint as minor,
           exists (select 1 from dispute d
                   where d.client_id = balance.client_id
                     and d.account_id::text = balance.account) as "isHolder"
    from balance
    where client_id = ${clientId}
    group by client_id, account
  `);
  const holders = rows.filter((row) => row.isHolder);
  const numbers = await engine.vault.numbers(
    db,
    holders.map((row) => ({ clientId, accountId: row.account })),
  );
  const client = (await engine.clients(db, [clientId])).get(clientId);
  const sums = new Map<string, bigint>();
  for (const { account, minor } of rows) {
    const number =
      numbers.get(account) ?? client?.rulebook.accounts.chart.get(account)?.number ?? account;
    sums.set(number, (sums.get(number) ?? 0n) + minor);
  }
  return asText(sums);
}

/** The core's own book: credits less debits by account, in minor units. */
export function coreByAccount(core: Core): Record<string, string> {
  return asText(
    new Map(core.book.accounts().map((one) => [one.account, one.credits - one.debits])),
  );
}

function asText(sums: ReadonlyMap<string, bigint>): Record<string, string> {
  return Object.fromEntries(
    [...sums]
      .filter(([, minor]) => minor !== 0n)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([account, minor]) => [account, String(minor)]),
  );
}

/** Waits until it holds; fails with what was last seen. */
export async function eventually<Seen>(
  look: () => Promise<Seen>,
  holds: (seen: Seen) => boolean,
  seconds = 20,
): Promise<Seen> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (performance.now() > end) throw new Error(`still ${JSON.stringify(seen)?.slice(0, 500)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Calls of a dispatcher that wait until they are let go: what is taken can be looked at first. */
export function heldCalls(desk: ServiceDesk): {
  readonly openAdapter: (service: Service) => ServiceAdapter;
  letGo(): void;
} {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    openAdapter: (service) => {
      const adapter = openAdapter(desk, service);
      return { ...adapter, send: (...call) => promise.then(() => adapter.send(...call)) };
    },
    letGo: () => resolve(),
  };
}
