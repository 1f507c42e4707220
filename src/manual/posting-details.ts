/**
 * Everything a person needs to post an adjustment in another system (domain §5.3): sides, accounts,
 * tran codes, amount, dates, text, and why. Account numbers are masked; `reveal-account` shows one.
 */
import type { AccountVault } from "../access/vault.ts";
import type { Engine } from "../accounting/engine.ts";
import { vaultAccountsOf } from "../accounting/vault-accounts.ts";
import type { Queries } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { Failure } from "../kernel/failure.ts";
import { creditStepId, debitStepId } from "../kernel/ids.ts";
import type { WireMoney } from "../kernel/money.ts";
import { wireMoney } from "../kernel/money.ts";
import type { RuleBook } from "../rulebook/load.ts";

import type { AdjustmentKey, Attestation } from "./views.ts";
import { attestationsOf } from "./views.ts";

export interface PostingSide {
  readonly step: string;
  readonly collection: string;
  /** Id of the account: of the vault for the holder's, of the chart for the institution's own. */
  readonly account: string;
  /** As people know it: masked number of the holder's, number of the chart. */
  readonly accountNumber: string | null;
  readonly accountName: string | null;
  /** True where the whole number can be revealed, with the right and a reason. */
  readonly revealable: boolean;
  readonly tranCode: string | null;
  /** This side is posted, where the service posts sides one by one; else as its entry. */
  readonly isPosted: boolean;
}

export interface PostingEntry {
  readonly id: string;
  readonly rule: string;
  readonly label: string;
  readonly meaning: string | null;
  readonly amount: WireMoney;
  readonly debit: PostingSide;
  readonly credit: PostingSide;
  readonly isExecuted: boolean;
  /** The rows of the account tables that chose the accounts. */
  readonly chosenBy: readonly string[];
}

export interface PostingDetails {
  readonly adjustment: string;
  readonly claim: string;
  readonly dispute: string;
  readonly state: string;
  readonly amount: WireMoney;
  readonly isMoneyless: boolean;
  readonly eventDate: string;
  readonly plannedPostingDate: string;
  /** What the posting may say on the holder's statement. */
  readonly statementText: string;
  /** Of the disputed transaction, where the case system gave one. */
  readonly originalReference: string | null;
  readonly why: {
    readonly operation: string;
    readonly askedBy: string;
    readonly at: string;
    readonly rulebook: string;
    readonly route: string | null;
    readonly routeChosenBy: string | null;
    readonly reason: string | null;
  };
  readonly entries: readonly PostingEntry[];
  readonly attestations: readonly Attestation[];
}

interface AdjustmentDetailRow {
  id: string;
  claim: string;
  dispute: string;
  disputeId: string;
  accountId: string;
  facts: Record<string, unknown>;
  state: string;
  amountMinor: bigint;
  currency: string;
  principalRule: string | null;
  eventDate: string;
  plannedPostingDate: string;
  operation: string;
  actor: string;
  at: string;
  rulebook: string;
  route: string | null;
  routeChosenBy: string | null;
  reason: string | null;
}

interface EntryDetailRow {
  id: string;
  rule: string;
  debitCollection: string;
  debitAccount: string;
  debitTranCode: string | null;
  creditCollection: string;
  creditAccount: string;
  creditTranCode: string | null;
  amountMinor: bigint;
  isExecuted: boolean;
  /** Sides that were posted by themselves. */
  postedSides: ("debit" | "credit")[];
  chosenBy: string[];
}

/** Throws `not-found` for an adjustment that does not exist. */
export async function postingDetails(
  engine: Engine,
  vault: Pick<AccountVault, "masked">,
  key: AdjustmentKey,
): Promise<PostingDetails> {
  const db = engine.database;
  const row = await adjustmentRow(db, key);
  if (row === undefined) throw new Failure("not-found", `adjustment ${key.id} does not exist`);
  const clients = await engine.clients(db, [key.clientId]);
  const rulebook = clients.get(key.clientId)?.rulebook;
  const entries = await entryRows(db, key, row.disputeId);
  const { clientId } = key;
  const accounts = new Set([row.accountId, ...vaultAccountsOf(entries)]);
  const masked = await vault.masked(
    db,
    [...accounts].map((accountId) => ({ clientId, accountId })),
  );
  const label = labelOf(rulebook, row.principalRule ?? row.operation);
  const original = row.facts["originalReference"];
  return {
    adjustment: row.id,
    claim: row.claim,
    dispute: row.dispute,
    state: row.state,
    amount: wireMoney(row.amountMinor, row.currency),
    isMoneyless: row.principalRule === null,
    eventDate: row.eventDate,
    plannedPostingDate: row.plannedPostingDate,
    statementText: `${label} ${row.dispute}`,
    originalReference: typeof original === "string" ? original : null,
    why: {
      operation: row.operation,
      askedBy: row.actor,
      at: row.at,
      rulebook: row.rulebook,
      route: row.route,
      routeChosenBy: row.routeChosenBy,
      reason: row.reason,
    },
    entries: entries.map((entry) => entryOf(entry, row, { rulebook, masked })),
    attestations: await attestationsOf(db, key),
  };
}

interface Words {
  readonly rulebook: RuleBook | undefined;
  readonly masked: ReadonlyMap<string, string>;
}

function entryOf(entry: EntryDetailRow, row: AdjustmentDetailRow, words: Words): PostingEntry {
  const rule = words.rulebook?.rules.get(entry.rule);
  return {
    id: entry.id,
    rule: entry.rule,
    label: labelOf(words.rulebook, entry.rule),
    meaning: rule?.meaning ?? null,
    amount: wireMoney(entry.amountMinor, row.currency),
    debit: {
      step: debitStepId(entry.id),
      collection: entry.debitCollection,
      tranCode: entry.debitTranCode,
      isPosted: entry.isExecuted || entry.postedSides.includes("debit"),
      ...accountWords(entry.debitAccount, words),
    },
    credit: {
      step: creditStepId(entry.id),
      collection: entry.creditCollection,
      tranCode: entry.creditTranCode,
      isPosted: entry.isExecuted || entry.postedSides.includes("credit"),
      ...accountWords(entry.creditAccount, words),
    },
    isExecuted: entry.isExecuted,
    chosenBy: entry.chosenBy,
  };
}

function accountWords(
  account: string,
  { rulebook, masked }: Words,
): Pick<PostingSide, "account" | "accountNumber" | "accountName" | "revealable"> {
  const own = rulebook?.accounts.chart.get(account);
  const number = masked.get(account);
  return {
    account,
    accountNumber: number ?? own?.number ?? null,
    accountName: own?.name ?? null,
    revealable: number !== undefined,
  };
}

function labelOf(rulebook: RuleBook | undefined, rule: string): string {
  return rulebook?.rules.get(rule)?.label ?? rule;
}

function adjustmentRow(db: Queries, key: AdjustmentKey): Promise<AdjustmentDetailRow | undefined> {
  return db.maybe(sql`
    select a.id, c.number as claim, d.number as dispute, a.dispute_id as "disputeId",
           d.account_id as "accountId", d.facts, a.state, a.amount_minor as "amountMinor",
           a.currency, a.principal_rule as "principalRule", a.event_date as "eventDate",
           a.planned_posting_date as "plannedPostingDate", a.operation, o.actor, o.at,
           a.rulebook_version as rulebook, a.route, a.route_chosen_by as "routeChosenBy",
           coalesce(o.input ->> 'reason', o.input ->> 'justification') as reason
    from adjustment a
    join dispute d on d.client_id = a.client_id and d.id = a.dispute_id
    join claim c on c.client_id = d.client_id and c.id = d.claim_id
    join operation o on o.client_id = a.client_id and o.id = a.operation_id
    where a.client_id = ${key.clientId} and a.id = ${key.id}
  `);
}

/** Served by the primary key of entry, whose second column is the dispute. */
function entryRows(db: Queries, key: AdjustmentKey, disputeId: string): Promise<EntryDetailRow[]> {
  return db.query(sql`
    select e.id, e.rule, e.debit_collection as "debitCollection",
           e.debit_account as "debitAccount", e.debit_tran_code as "debitTranCode",
           e.credit_collection as "creditCollection", e.credit_account as "creditAccount",
           e.credit_tran_code as "creditTranCode", e.amount_minor as "amountMinor",
           e.chosen_by as "chosenBy",
           coalesce((
             select sum(x.sign) from execution x
             where x.client_id = e.client_id and x.adjustment_id = e.adjustment_id
               and (x.entry_id is null or x.entry_id = e.id)), 0) > 0 as "isExecuted",
           array(
             select case right(p.part::text, 1) when '1' then 'debit' else 'credit' end
             from service_part p
             where p.client_id = e.client_id and p.adjustment_id = e.adjustment_id
               and p.entry_id = e.id and p.part <> e.id) as "postedSides"
    from entry e
    where e.client_id = ${key.clientId} and e.dispute_id = ${disputeId}
      and e.adjustment_id = ${key.id} and e.kind <> 'contra'
    order by e.id
    limit 1000
  `);
}
