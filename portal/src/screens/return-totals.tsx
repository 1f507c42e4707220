/** What became of the lines at a glance, and the file's own controls against what was counted. */
import { CircleCheck, CircleX, Sigma } from "lucide-react";

import type { ReturnDetails, ReturnTotal } from "../api/return-types.ts";
import { LINE_LOOKS, OUTCOME_WORDS } from "../parts/return-looks.ts";
import css from "../parts/service.module.css";
import { Empty } from "../ui/answers.tsx";
import { Badge } from "../ui/badge.tsx";
import { Table } from "../ui/panel.tsx";
import { inWords } from "../ui/states.ts";

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
  debit: "Debits, minor units",
  credit: "Credits, minor units",
};

export function ReturnTotals({ totals }: { readonly totals: readonly ReturnTotal[] }) {
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
            <td data-number>{total.said}</td>
            <td data-number>{total.counted}</td>
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
