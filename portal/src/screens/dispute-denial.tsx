/**
 * The denial of a dispute: which notice, the day that it names, the honoring window, what may be
 * done now with its reason, and the letter data with its versions.
 */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Scale } from "lucide-react";

import { useSend } from "../api/commands.ts";
import { denialQuery, lettersQuery } from "../api/hold-queries.ts";
import type { DenialAction, DenialOfDispute, LetterFacts, Letters } from "../api/hold-types.ts";
import { newKey } from "../api/http.ts";
import type { Numbered } from "../api/queries.ts";
import { useRight } from "../parts/rights.ts";
import { VerdictBadge } from "../parts/verdict-badge.tsx";
import { Answer, Empty, ProblemNote } from "../ui/answers.tsx";
import { AdjustmentBadge, WordBadge } from "../ui/badge.tsx";
import { Amount } from "../ui/money.tsx";
import { Facts, Table } from "../ui/panel.tsx";
import { inWords } from "../ui/states.ts";
import { showInstant } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

export function DisputeDenial({ dispute }: { readonly dispute: Numbered }) {
  const denial = useQuery(denialQuery(dispute));
  const letters = useQuery(lettersQuery(dispute));
  return (
    <div className={ui["panelBody"]}>
      <div className={ui["stack"]}>
        <Answer query={denial} what="the denial">
          {(found) => <Denial dispute={dispute} found={found} />}
        </Answer>
        <Answer query={letters} what="the letter data">
          {(found) => <LetterData dispute={dispute} letters={found} />}
        </Answer>
      </div>
    </div>
  );
}

const LABELS: Readonly<Record<DenialAction["operation"], string>> = {
  recordNoticeSent: "Record Notice Sent",
  performDebit: "Perform Debit Now",
  cancelDenial: "Cancel Denial",
};

function Denial(props: { readonly dispute: Numbered; readonly found: DenialOfDispute }) {
  const { dispute, found } = props;
  const { denial, debit, actions } = found;
  if (denial === null) {
    return (
      <Empty title="Nothing is denied" icon={Scale}>
        <p>
          A denial takes the provisional credit back: on the day that a notice names, or at once
          with a window in which items are honoured. Deny under <em>Run an operation</em>.
        </p>
      </Empty>
    );
  }
  return (
    <>
      <div className={ui["row"]}>
        <h3>{denial.kind === "deny" ? "Denied" : "Withdrawn"}</h3>
        <Amount money={denial.amount} />
        {debit === null ? null : <AdjustmentBadge state={debit.state} />}
        {denial.isHonoring ? <WordBadge tone="info">Honoring window runs</WordBadge> : null}
      </div>
      {debit === null || debit.note === null ? null : <p>{debit.note}</p>}
      <Facts
        items={[
          ["Notice", noticeWords(found)],
          ["Reason", reasonWords(denial.reason)],
          ["Debit", debit === null ? null : <Amount key="debit" money={debit.amount} />],
          ["Notice sent on", denial.noticeSentOn],
          ["The day that the notice names", denial.debitDate],
          ["The day for the letter to name", denial.debitDate === null ? denial.dateNamed : null],
          ["Earliest, if a letter goes today", debit === null ? null : found.earliestIfSentToday],
          [
            "Items honoured, no overdraft fee",
            denial.honorFrom === null ? null : `${denial.honorFrom} – ${denial.honorUntil ?? ""}`,
          ],
        ]}
      />
      <PostedDebits debits={found.debits.filter((one) => one.postingDate !== null)} />
      <div className={ui["row"]}>
        {actions.map((action) => (
          <ActionLink key={action.operation} dispute={dispute} action={action} />
        ))}
      </div>
      <Refused actions={actions.filter((one) => !one.allowed)} />
    </>
  );
}

/** What was debited, and whether it was on the day named. */
function PostedDebits({ debits }: Pick<DenialOfDispute, "debits">) {
  return debits.map(({ adjustment, amount, requiredOn, postingDate, verdict }) => (
    <div key={adjustment} className={ui["row"]}>
      <span>
        Debited <Amount money={amount} /> on {postingDate}
        {requiredOn === null || requiredOn === postingDate ? null : `, named was ${requiredOn}`}
      </span>
      <VerdictBadge verdict={verdict} />
    </div>
  ));
}

const NOTICE_MODELS: Readonly<Record<string, string>> = {
  futureDebit: "of a future debit",
  debitNow: "debited now, with the honoring window",
};

/** A letter's fact; the model of the notice and the reason as the case says them. */
function factWords(name: string, value: string | null | undefined): string | null {
  if (value === null || value === undefined) return null;
  if (name === "noticeModel") return NOTICE_MODELS[value] ?? value;
  return name.toLowerCase().endsWith("reason") ? reasonWords(value) : value;
}

function Refused({ actions }: { readonly actions: readonly DenialAction[] }) {
  if (actions.length === 0) return null;
  return (
    <ul className={ui["quiet"]}>
      {actions.map((one) => (
        <li key={one.operation}>
          {LABELS[one.operation]}: {one.why}
        </li>
      ))}
    </ul>
  );
}

function noticeWords({ denial, debit }: DenialOfDispute): string {
  const { honorUntil = null, debitDate = null } = denial ?? {};
  if (honorUntil !== null) return "debited now, with the honoring window";
  return debit === null && debitDate === null ? "none" : "of a future debit";
}

function ActionLink(props: { readonly dispute: Numbered; readonly action: DenialAction }) {
  const { dispute, action } = props;
  const mayRun = useRight("operation:run");
  const why = action.why ?? (mayRun ? null : "Your role does not allow this");
  const label = LABELS[action.operation];
  if (why !== null) {
    return (
      <Button variant="default" disabled title={why}>
        {label}
      </Button>
    );
  }
  return (
    <Button
      variant="default"
      renderRoot={(given) => (
        <Link
          {...given}
          from="/cases/$client/$claim"
          to="."
          search={(before) => ({
            ...before,
            dispute: dispute.id,
            tab: "operation",
            operation: action.operation,
          })}
          resetScroll={false}
        />
      )}
    >
      {label}
    </Button>
  );
}

function LetterData(props: { readonly dispute: Numbered; readonly letters: Letters }) {
  const { dispute, letters } = props;
  const { current, changed, versions } = letters;
  const send = useSend<Letters>();
  const mayRun = useRight("operation:run");
  const names = Object.keys(current).filter((name) => current[name] !== null);
  return (
    <section className={ui["stack"]} aria-label="Letter data">
      <div className={ui["row"]}>
        <h3>Letter data</h3>
        {changed.length > 0 ? (
          <WordBadge tone="warn">{`Changed: ${changed.map(inWords).join(", ")}`}</WordBadge>
        ) : null}
        <Button
          variant="default"
          disabled={!mayRun || send.isPending}
          title={mayRun ? undefined : "Your role does not allow this"}
          onClick={() =>
            send.mutate({
              path: `/disputes/${dispute.id}/letters`,
              query: { client: dispute.client },
              body: {},
              key: newKey(),
            })
          }
        >
          Issue
        </Button>
      </div>
      {send.error === null ? null : <ProblemNote error={send.error} />}
      <Facts
        items={names.map((name) => [inWords(name), factWords(name, current[name])] as const)}
      />
      <h4>Versions issued</h4>
      {versions.length === 0 ? (
        <p className={ui["quiet"]}>
          None yet. What is issued is kept, and issued again by itself when it changes.
        </p>
      ) : (
        <Versions versions={versions} />
      )}
    </section>
  );
}

function Versions({ versions }: Pick<Letters, "versions">) {
  return (
    <Table label="Versions of the letter data">
      <thead>
        <tr>
          <th scope="col">Version</th>
          <th scope="col">Issued</th>
          <th scope="col">By</th>
          <th scope="col">What changed</th>
        </tr>
      </thead>
      <tbody>
        {versions.map((one) => (
          <tr key={one.version}>
            <td>{one.version}</td>
            <td>{showInstant(one.issuedAt)}</td>
            <td>{one.actor}</td>
            <td>{changeWords(one.changed, one.facts)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function changeWords(changed: readonly string[], facts: LetterFacts): string {
  if (changed.length === 0) return "the first";
  return changed
    .map((name) => `${inWords(name)}: ${factWords(name, facts[name]) ?? "none"}`)
    .join("; ");
}

/** A code in words; what somebody wrote stays as it is. */
function reasonWords(reason: string | null): string | null {
  return reason !== null && /^[a-z]+([A-Z][a-z]*)+$/.test(reason) ? inWords(reason) : reason;
}
