/** Where the dispute stands: derived positions, and for each decision whether the gate passes. */
import { useQuery } from "@tanstack/react-query";

import { showAmount } from "../api/money.ts";
import { disputeQuery, positionsQuery } from "../api/queries.ts";
import type { Numbered } from "../api/queries.ts";
import type { Money, Positions } from "../api/types.ts";
import { GatePanel } from "../parts/gate-panel.tsx";
import { Answer } from "../ui/answers.tsx";
import { Table } from "../ui/panel.tsx";
import { inWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

import css from "./screens.module.css";

const MEANINGS: Readonly<Record<string, string>> = {
  disputed: "the amount in dispute",
  holderCredit: "what the holder has been given",
  denied: "what the holder is liable for",
  merchantCredit: "what the merchant refunded and counts here",
  uncredited: "what could still be credited",
  surplus: "credited more than is due",
  recovered: "what came back",
  writtenOff: "what the institution bears",
  remaining: "what is still undecided",
};

export function DisputePositions({ dispute }: { readonly dispute: Numbered }) {
  const query = useQuery(positionsQuery(dispute));
  const { data: found } = useQuery(disputeQuery(dispute));
  return (
    <div className={`${ui["panelBody"]} ${css["split"]}`}>
      <Answer query={query} what="the positions">
        {(positions) => (
          <>
            <PositionTable positions={positions} currency={found?.currency ?? ""} />
            <GatePanel dispute={dispute} />
          </>
        )}
      </Answer>
    </div>
  );
}

function PositionTable(props: { readonly positions: Positions; readonly currency: string }) {
  const rows = Object.entries(props.positions).flatMap(([name, value]) =>
    isMoney(value) ? [{ name, value: value.amount }] : [],
  );
  const extras = Object.entries(
    (props.positions["extrasCarried"] ?? {}) as Readonly<Record<string, Money>>,
  );
  return (
    <Table label="Positions">
      <thead>
        <tr>
          <th>Position</th>
          <th data-number>{props.currency}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, value }) => (
          <tr key={name}>
            <td>
              {inWords(name)}
              {MEANINGS[name] === undefined ? null : (
                <div className={ui["soft"]}>{MEANINGS[name]}</div>
              )}
            </td>
            <td data-number>{showAmount(value)}</td>
          </tr>
        ))}
        {extras.map(([name, value]) => (
          <tr key={name}>
            <td>
              {inWords(name)} <div className={ui["soft"]}>carried by credits of this dispute</div>
            </td>
            <td data-number>{showAmount(value.amount)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function isMoney(value: unknown): value is Money {
  return typeof value === "object" && value !== null && "amount" in value;
}
