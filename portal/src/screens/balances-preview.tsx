/** The balances that an operation would leave, account by account, before anything is booked. */
import { useQuery } from "@tanstack/react-query";

import { command } from "../api/http.ts";
import { showAmount } from "../api/money.ts";
import type { BalancesPreview } from "../api/resolution-types.ts";
import type { Dispute } from "../api/types.ts";
import { Table } from "../ui/panel.tsx";
import { accountWords, inWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

export function PreviewedBalances(props: {
  readonly dispute: Dispute;
  readonly body: { readonly operation: string; readonly input: unknown };
}) {
  const { dispute, body } = props;
  const { client, id, version } = dispute;
  const query = useQuery({
    queryKey: ["dispute", client, id, "preview", version, JSON.stringify(body)],
    queryFn: () => command<BalancesPreview>(`/disputes/${id}/preview`, { body, query: { client } }),
    retry: false,
  });
  if (query.data === undefined || query.data.balances.length === 0) return null;
  const passing = query.data.gate.filter((one) => one.allowed).map((one) => inWords(one.decision));
  return (
    <div className={ui["stack"]}>
      <h4>Balances before and after, once all of it is agreed and executed</h4>
      <Table label="Balances before and after">
        <thead>
          <tr>
            <th>Collection</th>
            <th data-number>Before, {dispute.currency}</th>
            <th data-number>After, {dispute.currency}</th>
          </tr>
        </thead>
        <tbody>
          {query.data.balances.map((one) => (
            <tr key={`${one.collection} ${one.account}`}>
              <td>
                {inWords(one.collection)}
                <div className={ui["soft"]}>{accountWords(one.account)}</div>
              </td>
              <td data-number>{showAmount(one.before.amount)}</td>
              <td data-number>{showAmount(one.after.amount)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
      <p className={ui["soft"]}>
        {passing.length === 0
          ? "No decision would pass its gate then."
          : `The gate would let pass: ${passing.join(", ")}.`}
      </p>
    </div>
  );
}
