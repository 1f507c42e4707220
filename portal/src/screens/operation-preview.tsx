/** What an operation books, plans and leaves to do: before it is done, and after. */
import { showAmount } from "../api/money.ts";
import type { OperationResult } from "../api/types.ts";
import { AdjustmentBadge } from "../ui/badge.tsx";
import { Table } from "../ui/panel.tsx";
import { accountWords, asSentence, inWords, ROUTE_WORDS, spoken } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

export function OperationPreview(props: {
  readonly result: OperationResult;
  readonly currency: string;
}) {
  const { result, currency } = props;
  const rows = [
    ...result.entries.map((one) => ({
      what: "Booked",
      rule: one.rule,
      debit: sideWords(one.debit),
      credit: sideWords(one.credit),
      amount: one.amount,
    })),
    ...result.planned.map((one) => ({
      what: "Planned",
      rule: one.rule,
      debit: inWords(one.debit),
      credit: inWords(one.credit),
      amount: one.amount,
    })),
  ];
  return (
    <div className={ui["stack"]}>
      {result.decision === null ? null : <p>{asSentence(spoken(result.decision))}</p>}
      {rows.length === 0 ? null : <Movements rows={rows} currency={currency} />}
      {result.adjustments.map((one) => (
        <div key={one.id} className={ui["row"]}>
          <AdjustmentBadge state={one.state} />
          {one.route === null ? null : <span>{ROUTE_WORDS[one.route] ?? one.route}</span>}
          {one.assignment === null ? null : <span>shows {one.assignment}</span>}
        </div>
      ))}
      <Balances balances={result.balances} currency={currency} />
    </div>
  );
}

/** The holder's account stands there as masked digits; others have a name in the settings. */
function sideWords(side: { readonly collection: string; readonly account: string }): string {
  return `${inWords(side.collection)}, ${accountWords(side.account)}`;
}

interface Movement {
  readonly what: string;
  readonly rule: string;
  readonly debit: string;
  readonly credit: string;
  readonly amount: string;
}

function Movements(props: { readonly rows: readonly Movement[]; readonly currency: string }) {
  return (
    <Table label="Movements">
      <thead>
        <tr>
          <th>Rule</th>
          <th>Debit</th>
          <th>Credit</th>
          <th data-number>{props.currency}</th>
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => (
          <tr key={row.what + row.rule + row.debit + row.credit}>
            <td>
              {inWords(row.rule)}
              <div className={ui["soft"]}>{row.what.toLowerCase()}</div>
            </td>
            <td>{row.debit}</td>
            <td>{row.credit}</td>
            <td data-number>{showAmount(row.amount)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Balances(props: {
  readonly balances: OperationResult["balances"];
  readonly currency: string;
}) {
  const items = Object.entries(props.balances);
  if (items.length === 0) return <p className={ui["soft"]}>All balances are zero afterwards.</p>;
  return (
    <p className={ui["soft"]}>
      Balances afterwards:{" "}
      {items.map(([name, amount]) => `${inWords(name)} ${showAmount(amount)}`).join(", ")}
    </p>
  );
}
