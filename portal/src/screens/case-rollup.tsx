/**
 * The Case Rollup: stages and their steps, each with its sign and word. The Accounting step lists
 * the assignments of all disputes with what can be done about them.
 */
import { Button, Tooltip } from "@mantine/core";
import { Check, Minus } from "lucide-react";

import type { Assignment, Rollup, RollupStep } from "../api/types.ts";
import { WORK_SHAPES } from "../parts/action-fields.ts";
import { AdjustmentBadge, Due, When } from "../ui/badge.tsx";
import { Amount } from "../ui/money.tsx";
import { inWords, ROUTE_WORDS, spoken, STEP_LOOKS } from "../ui/states.ts";
import { showInstant } from "../ui/time.ts";
import ui from "../ui/ui.module.css";
import type { AdjustmentState } from "../../../src/accounting/adjustment-machine.ts";

import css from "./screens.module.css";

/** These say whose work it is; what is to be done comes after. */
const ABOUT_THE_WORK: ReadonlySet<string> = new Set([
  "take",
  "release",
  ...Object.keys(WORK_SHAPES),
]);

type Open = (assignment: string, action?: string) => void;

export function CaseRollup({ rollup, open }: { readonly rollup: Rollup; readonly open: Open }) {
  return (
    <section className={css["stages"]} aria-label="Case Rollup">
      {rollup.stages.map((stage) => (
        <div key={stage.name} className={css["stage"]}>
          <div className={css["stageHead"]}>
            <h2>{stage.name}</h2>
            <StepSign icon={stage.icon} />
          </div>
          <ol>
            {stage.steps.map((step) => (
              <Step key={step.name} step={step} open={open} />
            ))}
          </ol>
        </div>
      ))}
    </section>
  );
}

function StepSign({ icon }: { readonly icon: RollupStep["icon"] }) {
  const { tone, word, icon: Icon } = STEP_LOOKS[icon];
  return (
    <span className={`${ui["tone"]} ${ui["row"]}`} data-tone={tone}>
      <Icon size={16} strokeWidth={2.1} aria-hidden />
      <span className={css["stepWord"]}>{word}</span>
    </span>
  );
}

function Step({ step, open }: { readonly step: RollupStep; readonly open: Open }) {
  const { tone, word, icon: Icon } = STEP_LOOKS[step.icon];
  return (
    <li className={css["step"]}>
      <span className={ui["tone"]} data-tone={tone}>
        <Icon size={17} strokeWidth={2.1} aria-hidden />
      </span>
      <div className={css["stepName"]}>
        <span>{step.name}</span>
        <span className={`${css["stepWord"]} ${ui["tone"]}`} data-tone={tone}>
          {word}
        </span>
      </div>
      {step.note === "" ? null : <div className={css["note"]}>{step.note}</div>}
      {step.assignments.length === 0 ? null : (
        <div className={css["stepWork"]}>
          {step.assignments.map((one) => (
            <StepAssignment key={one.id} assignment={one} open={open} />
          ))}
        </div>
      )}
      {step.gates === undefined ? null : <StepGates gates={step.gates} />}
    </li>
  );
}

/** What the books of each dispute allow to be decided at this moment. */
function StepGates({ gates }: { readonly gates: NonNullable<RollupStep["gates"]> }) {
  return (
    <div className={css["stepWork"]}>
      {gates.map((one) => (
        <div key={one.dispute} className={css["gateLine"]}>
          <strong>{one.dispute}</strong>
          <span className={ui["row"]}>
            {one.gate.map(({ decision, allowed, because }) => (
              <Tooltip
                key={decision}
                label={allowed ? "The books allow it now" : spoken(because.join("; "))}
                openDelay={100}
              >
                <span tabIndex={0} className={ui["tone"]} data-tone={allowed ? "good" : "calm"}>
                  {allowed ? <Check size={13} aria-hidden /> : <Minus size={13} aria-hidden />}
                  {inWords(decision)}
                  <span className={ui["hidden"]}>
                    {allowed ? " passes" : ` does not pass: ${spoken(because.join("; "))}`}
                  </span>
                </span>
              </Tooltip>
            ))}
          </span>
        </div>
      ))}
    </div>
  );
}

function StepAssignment(props: { readonly assignment: Assignment; readonly open: Open }) {
  const { assignment, open } = props;
  const isOpen = assignment.closedAt === null;
  const { adjustmentState } = assignment;
  const main = assignment.actions.find((one) => one.allowed && !ABOUT_THE_WORK.has(one.name));
  return (
    <div className={css["assignment"]} data-closed={isOpen ? undefined : true}>
      <span className={css["assignmentName"]}>{assignment.type}</span>
      <Amount money={assignment.amount} />
      <span className={`${ui["row"]} ${ui["soft"]}`}>
        {assignment.dispute}
        {adjustmentState === null ? null : (
          <AdjustmentBadge state={adjustmentState as AdjustmentState} />
        )}
        <ByRoute assignment={assignment} />
      </span>
      <span>{isOpen ? <Due at={assignment.goalAt} /> : null}</span>
      <div className={`${ui["row"]} ${css["wide"]}`}>
        {isOpen && main !== undefined ? (
          <Button size="compact-xs" variant="light" onClick={() => open(assignment.id, main.name)}>
            {main.label}
          </Button>
        ) : null}
        <Button
          size="compact-xs"
          variant="subtle"
          aria-label={`Details of ${assignment.type}, ${assignment.dispute ?? assignment.claim}`}
          onClick={() => open(assignment.id)}
        >
          Details
        </Button>
        <span className={ui["soft"]}>
          {isOpen ? (
            (assignment.reason ?? (assignment.assignee && `With ${assignment.assignee}`))
          ) : (
            <>
              {inWords(assignment.outcome ?? "closed")} <When at={assignment.closedAt ?? ""} />
            </>
          )}
        </span>
      </div>
    </div>
  );
}

function ByRoute({ assignment }: { readonly assignment: Assignment }) {
  const { route, destination, leavesAt } = assignment;
  if (route === null) return null;
  return (
    <span>
      {ROUTE_WORDS[route] ?? route}
      {destination === null ? "" : ` (${destination})`}
      {leavesAt === null ? "" : `, leaves ${showInstant(leavesAt)}`}
    </span>
  );
}
