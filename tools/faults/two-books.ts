/**
 * The core's own book beside ours: every posting belongs to one adjustment, every executed
 * adjustment has exactly one, and all accounts agree to the cent, but for what nobody knows.
 */
import type { CorePosting } from "../../examples/cores/book.ts";
import { totalOf } from "../../examples/cores/book.ts";
import { OF_CONNECTIONS } from "../../examples/cores/door.ts";
import type { RunningCore } from "../../examples/cores/server.ts";
import type { Queries } from "../../src/database/database.ts";
import { sql } from "../../src/database/sql.ts";
import type { OpenEngine } from "../../src/open-engine.ts";
import { verify } from "../../src/proof/verify/verify.ts";

import type { FaultRun } from "./fault-run.ts";
import { CLIENT } from "./fault-run.ts";

export interface Verdict {
  readonly core: string;
  readonly fault: string;
  /** As many as were asked for: five in six credits, and debits that take some of them back. */
  readonly count: number;
  /** As many as there were: where credits are refused there is less to take back. */
  readonly adjustments: number;
  /** Executed, and once in the core's book. */
  readonly posted: number;
  /** Definitely refused by the core: before a person, with its reason. */
  readonly refused: number;
  /** Certainly not posted, and the tries are used up: before a person. */
  readonly failed: number;
  /** Nobody knows: before a person, with the reason. */
  readonly undecided: number;
  /** Postings too many. */
  readonly doubled: number;
  /** Posted and not executed, or executed and not posted, or with another amount. */
  readonly lost: number;
  /** Before a person without a reason, or before nobody. */
  readonly unexplained: number;
  readonly booksEqual: boolean;
  /** Of `verify`. */
  readonly violations: number;
  readonly hits: number;
  /** Postings that were not answered as posted at once. */
  readonly setbacks: number;
  readonly kills: number;
  readonly seconds: number;
  readonly met: boolean;
}

const MOST_UNDECIDED = 0.02;
const MOST_TOLD = 10;

/** Open: the machine has something left to do. */
export function countStates(
  db: Queries,
  clientId: string,
): Promise<{ open: number; decided: number }> {
  return db.one(sql`
    select count(*) filter (where not is_decided)::int as open,
           count(*) filter (where is_decided)::int as decided
    from (
      select state in ('executed', 'serviceFailed', 'cancelled')
             or (state = 'unknown' and not machine_may_act) as is_decided
      from adjustment
      where client_id = ${clientId}
    ) counted
  `);
}

interface Ours {
  readonly id: string;
  readonly state: string;
  readonly amountMinor: bigint;
  readonly keys: readonly string[];
  readonly shown: string | null;
  readonly event: string;
  readonly reason: string | null;
}

export async function compareBooks(
  opened: OpenEngine,
  core: RunningCore,
  run: FaultRun & { readonly seconds: number },
): Promise<Verdict> {
  const { engine, vault } = opened;
  const db = engine.database;
  const ours = await adjustmentsOf(db);
  const count = { posted: 0, refused: 0, failed: 0, undecided: 0, doubled: 0, lost: 0 };
  let unexplained = 0;
  const unknown = new Set<CorePosting>();
  const explained = new Set<CorePosting>();
  for (const one of ours) {
    const postings = one.keys.flatMap((key) => core.book.of(key));
    postings.forEach((posting) => explained.add(posting));
    count.doubled += Math.max(0, postings.length - 1);
    const isRight = postings.every((posting) => totalOf(posting) === one.amountMinor);
    if (one.state === "executed") {
      if (postings.length === 1 && isRight) count.posted += 1;
      else if (postings.length === 0 || !isRight) count.lost += 1;
      continue;
    }
    const isShown = one.shown === "Execute Accounting Service Failed";
    if (!isShown || (one.reason ?? "") === "") unexplained += 1;
    if (one.state === "unknown") {
      count.undecided += 1;
      postings.forEach((posting) => unknown.add(posting));
    } else {
      count.lost += postings.length;
      if (one.event === "refused") count.refused += 1;
      else count.failed += 1;
    }
  }
  const strangers = core.book.postings.filter((posting) => !explained.has(posting)).length;
  const booksEqual =
    strangers === 0 &&
    sameBalances(await executedBalances(engine, vault), coreBalances(core, unknown));
  const violations = await violationsOf(opened, run.remark);
  const hasLookUp = run.lookUp && run.core !== "fineract";
  const isFew = !hasLookUp || count.undecided <= ours.length * MOST_UNDECIDED;
  const setbacks = await setbacksOf(db);
  const isFelt =
    run.fault === "none" || (OF_CONNECTIONS.includes(run.fault) ? setbacks > 0 : core.hits() > 0);
  const met =
    isFelt &&
    areRefusalsRight(core, ours) &&
    count.refused > 0 === (run.fault === "definiteRefusal") &&
    count.doubled === 0 &&
    count.lost === 0 &&
    unexplained === 0 &&
    booksEqual &&
    violations === 0 &&
    isFew;
  return {
    core: run.core,
    fault: run.fault,
    count: run.count,
    adjustments: ours.length,
    ...count,
    unexplained,
    booksEqual,
    violations,
    hits: core.hits(),
    setbacks,
    kills: run.kills,
    seconds: Math.round(run.seconds * 10) / 10,
    met,
  };
}

/**
 * What was refused was refused on purpose, and a refusal on purpose ends as one. Not every hit
 * does: its answer may be late or its worker killed; then the call is made again, and may post.
 */
function areRefusalsRight(core: RunningCore, ours: readonly Ours[]): boolean {
  return ours.every(({ state, event, keys }) => {
    if (state === "executed" || state === "unknown") return true;
    return (event === "refused") === keys.some((key) => core.refused.has(key));
  });
}

/** Tells the first ones, counts all. */
async function violationsOf(opened: OpenEngine, remark: (line: string) => void): Promise<number> {
  let left = MOST_TOLD;
  const { violations } = await verify(opened, {
    onViolation: ({ check, at, what }) => {
      if (--left >= 0) remark(`${check}: ${at}: ${what}`);
    },
  });
  return violations;
}

async function setbacksOf(db: Queries): Promise<number> {
  const { count } = await db.one<{ count: number }>(sql`
    select count(*)::int as count
    from service_attempt t
    left join service_attempt_outcome o on o.client_id = t.client_id
      and o.adjustment_id = t.adjustment_id and o.attempt_id = t.id
      and o.started_at = t.started_at
    where t.client_id = ${CLIENT} and t.purpose = 'post'
      and coalesce(o.outcome, 'none') <> 'posted'
  `);
  return count;
}

function adjustmentsOf(db: Queries): Promise<Ours[]> {
  return db.query(sql`
    select a.id, a.state, a.amount_minor as "amountMinor", s.type as shown,
           coalesce(
             (select array_agg(distinct t.key) from service_attempt t
              where t.client_id = a.client_id and t.adjustment_id = a.id), '{}') as keys,
           last.event, last.reason
    from adjustment a
    left join assignment s on s.client_id = a.client_id and s.id = a.open_assignment_id
    cross join lateral (
      select t.event, t.reason from transition t
      where t.client_id = a.client_id and t.adjustment_id = a.id
      order by t.recorded_at desc, t.id desc
      limit 1
    ) last
    where a.client_id = ${CLIENT}
  `);
}

/** What we say has moved, by account number as the core knows it, minor units. */
async function executedBalances(
  engine: OpenEngine["engine"],
  vault: OpenEngine["vault"],
): Promise<Map<string, bigint>> {
  const db = engine.database;
  const rows = await db.query<{ account: string; minor: bigint; isHolder: boolean }>(sql`
    select b.account, sum(b.executed_minor)::bigint as minor,
           bool_or(b.account = d.account_id::text) as "isHolder"
    from balance b
    join dispute d on d.client_id = b.client_id and d.id = b.dispute_id
    where b.client_id = ${CLIENT}
    group by b.account
  `);
  const holders = rows.filter((row) => row.isHolder);
  const refs = holders.map((row) => ({ clientId: CLIENT, accountId: row.account }));
  const numbers = await vault.numbers(db, refs);
  const client = (await engine.clients(db, [CLIENT])).get(CLIENT);
  const sums = new Map<string, bigint>();
  for (const { account, minor } of rows) {
    const chart = client?.rulebook.accounts.chart.get(account)?.number;
    const number = numbers.get(account) ?? chart ?? account;
    sums.set(number, (sums.get(number) ?? 0n) + minor);
  }
  return sums;
}

function coreBalances(core: RunningCore, without: ReadonlySet<CorePosting>): Map<string, bigint> {
  const sums = new Map(core.book.balances());
  for (const { debitAccount, creditAccount, minor } of [...without].flatMap((one) => one.lines)) {
    sums.set(debitAccount, (sums.get(debitAccount) ?? 0n) + minor);
    sums.set(creditAccount, (sums.get(creditAccount) ?? 0n) - minor);
  }
  return sums;
}

function sameBalances(
  one: ReadonlyMap<string, bigint>,
  other: ReadonlyMap<string, bigint>,
): boolean {
  const accounts = new Set([...one.keys(), ...other.keys()]);
  return [...accounts].every((account) => (one.get(account) ?? 0n) === (other.get(account) ?? 0n));
}
