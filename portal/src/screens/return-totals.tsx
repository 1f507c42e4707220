/** What became of the lines at a glance, and the file's own controls against what was counted. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { CircleCheck, CircleX, Sigma } from "lucide-react";

import { wireMoney } from "../../../src/kernel/money.ts";
import { returnLinesQuery } from "../api/return-queries.ts";
import type { ReturnDetails, ReturnTotal } from "../api/return-types.ts";
import { LINE_LOOKS, OUTCOME_WORDS } from "../parts/return-looks.ts";
import css from "../parts/service.module.css";
import { Empty } from "../ui/answers.tsx";
import { Badge } from "../ui/badge.tsx";
import { Amount } from "../ui/money.tsx";
import { Table } from "../ui/panel.tsx";
import { inWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

const TONES: Readonly<Record<string, string>> = { unmatched: "bad", waiting: "warn" };

export function ReturnCounts({ file }: { readonly file: ReturnDetails }) {
  if (file.counts.length === 0) return null;
  return (
    <dl className={css["figures"]}>
      {file.counts.map(({ state, outcome, count }) => (
        <div key={`${state} ${outcome}`}>
          <dt>
            {outcome === null
              ? LINE_LOOKS[state].word
              : (OUTCOME_WORDS[outcome] ?? inWords(outcome))}
          </dt>
          <dd data-tone={TONES[state]}>{count.toLocaleString("en-US")}</dd>
        </div>
      ))}
    </dl>
  );
}

const CONTROL_WORDS: Readonly<Record<ReturnTotal["control"], string>> = {
  count: "Lines",
  debit: "Debits",
  credit: "Credits",
};

export function ReturnTotals({ file }: { readonly file: ReturnDetails }) {
  const { totals } = file;
  const currency = useCurrency(file);
  if (totals.length === 0) {
    return (
      <Empty title="None" icon={Sigma}>
        <p>Its sender wrote no count and no sums that its lines could be held against.</p>
      </Empty>
    );
  }
  return (
    <Table label="Totals of the file">
      <thead>
        <tr>
          <th>Control</th>
          <th data-number>Said</th>
          <th data-number>Counted</th>
          <th>Agrees</th>
        </tr>
      </thead>
      <tbody>
        {totals.map((total) => (
          <tr key={total.control}>
            <td>{CONTROL_WORDS[total.control]}</td>
            <td data-number>
              <Figure of={total} figure={total.said} currency={currency} />
            </td>
            <td data-number>
              <Figure of={total} figure={total.counted} currency={currency} />
            </td>
            <td>
              <Badge
                look={
                  total.agrees
                    ? { tone: "good", icon: CircleCheck, word: "Yes" }
                    : { tone: "bad", icon: CircleX, word: "No" }
                }
              />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** What the lines that are shown are in; null where they say none, or several. */
function useCurrency(file: ReturnDetails): string | null {
  const query = useInfiniteQuery({
    ...returnLinesQuery(file.id, undefined),
    enabled: file.lines > 0,
  });
  const lines = (query.data?.pages ?? []).flatMap((page) => page.items);
  const named = new Set(lines.flatMap(({ amount }) => (amount === null ? [] : [amount.currency])));
  const [first = null] = named;
  return named.size === 1 ? first : null;
}

/** A sum comes in minor units, for a file need not say what it is in. */
function Figure(props: {
  readonly of: ReturnTotal;
  readonly figure: string;
  readonly currency: string | null;
}) {
  const { of, figure, currency } = props;
  if (of.control === "count") return BigInt(figure).toLocaleString("en-US");
  if (currency !== null) return <Amount money={wireMoney(BigInt(figure), currency)} />;
  return (
    <>
      {BigInt(figure).toLocaleString("en-US")}
      <div className={ui["soft"]}>minor units</div>
    </>
  );
}
