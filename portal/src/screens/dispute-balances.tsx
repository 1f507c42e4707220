/** Balances by collection and account: booked, executed, committed; they add up to zero. */
import { useQuery } from "@tanstack/react-query";
import { CircleCheck, Scale, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { lazy, Suspense } from "react";

import { addAmounts, isZero, showAmount } from "../api/money.ts";
import { collectionsQuery, disputeQuery, entriesQuery } from "../api/queries.ts";
import type { Numbered } from "../api/queries.ts";
import type { CollectionBalance, Dispute } from "../api/types.ts";
import { Answer, Empty } from "../ui/answers.tsx";
import { Table } from "../ui/panel.tsx";
import { inWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

import css from "./screens.module.css";

/** A picture of what the table says: without it the page is whole. */
const BalanceChart = lazy(() =>
  import("../parts/balance-chart.tsx").catch(() => ({ default: (): ReactNode => null })),
);

const SUMS = ["booked", "executed", "committed"] as const;

export function DisputeBalances({ dispute }: { readonly dispute: Numbered }) {
  const query = useQuery(collectionsQuery(dispute));
  const entries = useQuery(entriesQuery(dispute));
  const holder = useQuery(disputeQuery(dispute)).data?.account;
  return (
    <Answer query={query} what="the balances">
      {(balances) =>
        balances.length === 0 ? (
          <Empty title="No balances yet" icon={Scale}>
            <p>Each entry debits one collection and credits another; their balances stand here.</p>
          </Empty>
        ) : (
          <>
            <BalanceTable balances={balances} holder={holder} />
            <div className={`${ui["panelBody"]} ${css["chartBox"]}`}>
              <Suspense fallback={null}>
                {entries.data === undefined ? null : <BalanceChart entries={entries.data} />}
              </Suspense>
            </div>
          </>
        )
      }
    </Answer>
  );
}

type Holder = Dispute["account"] | undefined;

function accountWords(account: string | null, holder: Holder): string {
  if (account === null) return "planned";
  return account === holder?.id ? (holder.masked ?? "the holder's") : inWords(account);
}

function BalanceTable(props: {
  readonly balances: readonly CollectionBalance[];
  readonly holder: Holder;
}) {
  const { balances, holder } = props;
  const totals = SUMS.map((sum) => addAmounts(balances.map((one) => one[sum].amount)));
  return (
    <Table label="Balances by collection">
      <thead>
        <tr>
          <th>Collection</th>
          <th data-number>Booked</th>
          <th data-number>Executed</th>
          <th data-number>Committed</th>
        </tr>
      </thead>
      <tbody>
        {balances.map((one) => (
          <tr key={`${one.collection} ${one.account ?? ""}`}>
            <td>
              {inWords(one.collection)}
              <div className={ui["soft"]}>{accountWords(one.account, holder)}</div>
            </td>
            {SUMS.map((sum) => (
              <td key={sum} data-number>
                {showAmount(one[sum].amount)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">
            <Verdict isBalanced={totals.every(isZero)} />
          </th>
          {totals.map((total, index) => (
            <td key={SUMS[index]} data-number>
              {showAmount(total)}
            </td>
          ))}
        </tr>
      </tfoot>
    </Table>
  );
}

function Verdict({ isBalanced }: { readonly isBalanced: boolean }) {
  const Icon = isBalanced ? CircleCheck : TriangleAlert;
  return (
    <span className={`${ui["row"]} ${ui["tone"]}`} data-tone={isBalanced ? "good" : "bad"}>
      <Icon size={15} aria-hidden />
      {isBalanced ? "Adds up to zero" : "Does not add up to zero: tell whoever runs Redress"}
    </span>
  );
}
