/** The resolution gate, live: of each decision every test, what stands there, and what waits. */
import { useQuery } from "@tanstack/react-query";
import { Check, X } from "lucide-react";

import type { Numbered } from "../api/queries.ts";
import { gateQuery } from "../api/resolution-queries.ts";
import type { GateCheck, ResolutionGate } from "../api/resolution-types.ts";
import { Answer } from "../ui/answers.tsx";
import { AdjustmentBadge, Badge, WordBadge } from "../ui/badge.tsx";
import { Amount } from "../ui/money.tsx";
import { Table } from "../ui/panel.tsx";
import { inWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

const PASSES = { word: "Passes", icon: Check, tone: "good" } as const;
const FAILS = { word: "Fails", icon: X, tone: "bad" } as const;

const MUST_BE: Readonly<Record<GateCheck["mustBe"], string>> = {
  zero: "has to be zero",
  notPositive: "may not be positive",
  positive: "has to be positive",
  handedOver: "is handed over by name",
};

export function GatePanel({ dispute }: { readonly dispute: Numbered }) {
  const query = useQuery(gateQuery(dispute));
  return (
    <section className={ui["stack"]} aria-label="Resolution gate">
      <h3>Which decisions the books allow now</h3>
      <Answer query={query} what="the gate">
        {(gate) => (
          <>
            <UnderWay gate={gate} />
            {gate.decisions.map((one) => (
              <details key={one.decision} open={one.decision === gate.asked}>
                <summary className={ui["row"]}>
                  <strong>{inWords(one.decision)}</strong>
                  <WordBadge tone={one.allowed ? "good" : "calm"}>
                    {one.allowed ? "Passes" : "Not yet"}
                  </WordBadge>
                  {gate.inForce && one.decision === gate.asked ? (
                    <WordBadge tone="accent">In force</WordBadge>
                  ) : null}
                </summary>
                <Checks checks={one.checks} label={`Gate of ${inWords(one.decision)}`} />
              </details>
            ))}
          </>
        )}
      </Answer>
    </section>
  );
}

function UnderWay({ gate }: { readonly gate: ResolutionGate }) {
  if (gate.underWay.length === 0) return null;
  return (
    <div className={ui["stack"]}>
      <p className={ui["soft"]}>No decision passes while these are under way:</p>
      <ul className={ui["itemList"]}>
        {gate.underWay.map((one) => (
          <li key={one.adjustment}>
            <span className={ui["row"]}>
              {one.label} <Amount money={one.amount} /> <AdjustmentBadge state={one.state} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Checks(props: { readonly checks: readonly GateCheck[]; readonly label: string }) {
  return (
    <Table label={props.label}>
      <thead>
        <tr>
          <th>What is tested</th>
          <th data-number>Stands at</th>
          <th>Now</th>
        </tr>
      </thead>
      <tbody>
        {props.checks.map((check) => (
          <tr key={`${check.collection ?? check.words} ${check.account ?? ""} ${check.mustBe}`}>
            <td>
              {check.collection === null
                ? conditionWords(check)
                : `${inWords(check.collection)} ${MUST_BE[check.mustBe]}`}
              {check.account === null ? null : (
                <div className={ui["soft"]}>account {inWords(check.account).toLowerCase()}</div>
              )}
            </td>
            <td data-number>
              <Amount money={check.value} />
            </td>
            <td>
              <Badge look={check.passes ? PASSES : FAILS} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** The rule book says what it means when a position does not pass; passing it is the opposite. */
function conditionWords({ words, passes, mustBe }: GateCheck): string {
  if (passes) return `Not: ${words}`;
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}: it ${MUST_BE[mustBe]}`;
}
