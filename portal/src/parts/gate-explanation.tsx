/**
 * Why the books do not let a dispute resolve: the balances, the entries that make them, and cures
 * that the server has tried on a copy of the books. One click leads to the operation, filled in.
 */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { explanationQuery } from "../api/resolution-queries.ts";
import type { GateExplanation, ProposedStep } from "../api/resolution-types.ts";
import type { Assignment } from "../api/types.ts";
import { Answer } from "../ui/answers.tsx";
import { AdjustmentBadge } from "../ui/badge.tsx";
import { Amount } from "../ui/money.tsx";
import { Table } from "../ui/panel.tsx";
import { inWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

type OfCase = Pick<Assignment, "client" | "claim">;

export function ExplainedGate(props: OfCase & { readonly dispute: string }) {
  const { client, claim, dispute } = props;
  const query = useQuery(explanationQuery({ client, id: dispute }));
  return (
    <section className={ui["stack"]} aria-label="Explanation of the difference">
      <Answer query={query} what="the explanation">
        {(found) =>
          found.allowed ? (
            <p>
              The books allow <strong>{inWords(found.decision)}</strong> now: nothing is out of
              balance any more.
            </p>
          ) : (
            <Explained found={found} client={client} claim={claim} />
          )
        }
      </Answer>
    </section>
  );
}

function Explained({ found, client, claim }: OfCase & { readonly found: GateExplanation }) {
  return (
    <>
      <h3>What is out of balance for {inWords(found.decision)}</h3>
      {found.underWay.length === 0 ? null : (
        <ul className={ui["itemList"]}>
          {found.underWay.map((one) => (
            <li key={one.adjustment}>
              <span className={ui["row"]}>
                {one.label} <Amount money={one.amount} /> <AdjustmentBadge state={one.state} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {found.differences.map((one) => (
        <div key={`${one.collection ?? one.words} ${one.account ?? ""}`} className={ui["stack"]}>
          <p className={ui["row"]}>
            <strong>{one.collection === null ? one.words : inWords(one.collection)}</strong>
            {one.account === null ? null : (
              <span>account {inWords(one.account).toLowerCase()}</span>
            )}
            <Amount money={one.value} />
          </p>
          {one.entries.length === 0 ? null : (
            <Table label={`Entries that explain ${one.collection ?? one.words}`}>
              <thead>
                <tr>
                  <th>Entry</th>
                  <th>Booked</th>
                  <th data-number>Adds</th>
                </tr>
              </thead>
              <tbody>
                {one.entries.map((entry) => (
                  <tr key={entry.id}>
                    <td>
                      <Link
                        className={ui["link"]}
                        to="/cases/$client/$claim"
                        params={{ client, claim }}
                        search={{ dispute: found.dispute, tab: "entries" }}
                      >
                        {entry.label}
                      </Link>
                      <div className={ui["soft"]}>by {inWords(entry.operation)}</div>
                    </td>
                    <td data-day>{entry.bookedOn}</td>
                    <td data-number>
                      <Amount money={entry.effect} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </Table>
          )}
        </div>
      ))}
      <Cures found={found} client={client} claim={claim} />
    </>
  );
}

function Cures({ found, client, claim }: OfCase & { readonly found: GateExplanation }) {
  const { proposals, dispute } = found;
  if (proposals.length === 0) {
    return (
      <p className={ui["soft"]}>
        No operation of the institution alone cures it: record what happened outside, adjust by
        hand, or resolve it out of balance with a second person.
      </p>
    );
  }
  return (
    <div className={ui["stack"]}>
      <h3>What would cure it</h3>
      <p className={ui["soft"]}>Each was tried on a copy of the books, and the gate passed.</p>
      <ul className={ui["itemList"]}>
        {proposals.map((one) => (
          <li key={JSON.stringify(one)}>
            <span>
              {one.steps.length === 0
                ? `What is under way has to end; then ${inWords(one.decision)} passes`
                : `${one.steps.map(stepWords).join(", then ")}: ${inWords(one.decision)} passes`}
            </span>
            {one.steps[0] === undefined ? null : (
              <Link
                className={ui["link"]}
                to="/cases/$client/$claim"
                params={{ client, claim }}
                search={{
                  dispute,
                  tab: "operation",
                  operation: one.steps[0].operation,
                  given: JSON.stringify(one.steps[0].input),
                }}
              >
                Fill it in
              </Link>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function stepWords({ label, input }: ProposedStep): string {
  const amount = input["amount"];
  const rule = input["rule"];
  return [
    label,
    typeof rule === "string" ? inWords(rule) : "",
    typeof amount === "string" ? amount : "",
  ]
    .filter((part) => part !== "")
    .join(" ");
}
