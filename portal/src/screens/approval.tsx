/**
 * One request: what will happen, with entries and amount, who asked and why, which rule fired, what
 * each level said and who is still needed; and the decision, for who may.
 */
import { Button, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";

import { approvalQuery } from "../api/approval-queries.ts";
import type { ApprovalDetails, ApprovalLevel, RequestState } from "../api/approval-types.ts";
import { useSend } from "../api/commands.ts";
import { newKey } from "../api/http.ts";
import { useClientName } from "../parts/clients.ts";
import { MovementDetail } from "../parts/movement-detail.tsx";
import { Answer, ProblemNote } from "../ui/answers.tsx";
import { When, WordBadge } from "../ui/badge.tsx";
import { Amount } from "../ui/money.tsx";
import { Facts, Page, Panel, Table } from "../ui/panel.tsx";
import { inWords, spoken } from "../ui/states.ts";
import type { Tone } from "../ui/states.ts";
import { showInstant } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

const route = getRouteApi("/inside/approvals/$approval");

const TONES: Readonly<Record<RequestState, Tone>> = {
  waiting: "accent",
  approved: "good",
  declined: "bad",
  withdrawn: "calm",
};

export function ApprovalPage() {
  const { approval } = route.useParams();
  const query = useQuery(approvalQuery(approval));
  return (
    <Answer query={query} what="the request">
      {(found) => <Shown one={found} />}
    </Answer>
  );
}

function Shown({ one }: { readonly one: ApprovalDetails }) {
  const nameOf = useClientName();
  return (
    <Page
      title={one.label}
      name={`${one.label} ${one.dispute ?? ""}`.trim()}
      lead={
        <>
          <Link to="/approvals">Approvals</Link> · {nameOf(one.client)}
        </>
      }
      actions={<WordBadge tone={TONES[one.state]}>{inWords(one.state)}</WordBadge>}
    >
      <Panel title="What will happen">
        <div className={ui["stack"]}>
          <p>
            <strong>{spoken(one.summary)}</strong>
          </p>
          <Facts
            items={[
              ["Amount", one.amount === null ? null : <Amount money={one.amount} />],
              ["If approved", one.ifApproved],
              ["If declined", one.ifDeclined],
              ["Asked by", one.requester],
              ["As", one.requestedBy === one.requester ? null : one.requestedBy],
              ["Asked", showInstant(one.requestedAt)],
              ["Reason", one.reason],
              ["Why it waits", spoken(one.ruleWords)],
              ["Rule", ruleName(one.rule)],
              ["Case", <CaseLink key="case" one={one} />],
            ]}
          />
          {one.proposals.length === 0 ? null : <Proposals one={one} />}
          {one.posting === null ? null : (
            <MovementDetail client={one.client} posting={one.posting} />
          )}
        </div>
      </Panel>
      {one.state === "waiting" ? <Decision one={one} /> : <Settled one={one} />}
      <Panel title="Levels" note="each by another person" flush>
        <Levels levels={one.levels} />
      </Panel>
      <Panel title="Who may not" note="everybody who had a hand in it">
        <ul className={ui["stack"]}>
          {one.excluded.map(({ person, why }) => (
            <li key={person}>
              <strong>{person}</strong> {why}
            </li>
          ))}
        </ul>
      </Panel>
    </Page>
  );
}

/** `approvals.writeOff.0` is where the tier stands in the client's settings. */
function ruleName(rule: string): string {
  const [, operation, tier] = /^approvals\.(\w+)\.(\d+)$/.exec(rule) ?? [];
  if (operation === undefined) return inWords(rule);
  return `${inWords(operation)}, tier ${Number(tier) + 1}`;
}

function CaseLink({ one }: { readonly one: ApprovalDetails }) {
  if (one.claim === null) return "–";
  return (
    <Link
      to="/cases/$client/$claim"
      params={{ client: one.client, claim: one.claim }}
      search={one.dispute === null ? {} : { dispute: one.dispute }}
    >
      {one.dispute ?? one.claim}
    </Link>
  );
}

function Proposals({ one }: { readonly one: ApprovalDetails }) {
  return (
    <Table label="What would be booked">
      <thead>
        <tr>
          <th>Rule</th>
          <th>Debit</th>
          <th>Credit</th>
          <th data-number>Amount</th>
        </tr>
      </thead>
      <tbody>
        {one.proposals.map((line) => (
          <tr key={`${line.rule} ${line.debit} ${line.credit}`}>
            <td>{inWords(line.rule)}</td>
            <td>{inWords(line.debit)}</td>
            <td>{inWords(line.credit)}</td>
            <td data-number>
              <Amount money={line.amount} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Decision({ one }: { readonly one: ApprovalDetails }) {
  const [reason, setReason] = useState("");
  const [key] = useState(newKey);
  const send = useSend<ApprovalDetails>();
  const decide = (approved: boolean): void => {
    const body = { approved, ...(reason.trim() === "" ? {} : { reason: reason.trim() }) };
    send.mutate({
      path: `/approvals/${one.id}/decisions`,
      body,
      version: one.version,
      key: `${key}-${one.version}-${String(approved)}`,
    });
  };
  const { mayDecide, whyNot, onBehalfOf, stillNeeded } = one;
  return (
    <Panel title="Your word" note={onBehalfOf === null ? undefined : `in place of ${onBehalfOf}`}>
      <div className={ui["stack"]}>
        {mayDecide ? (
          <Textarea
            label="Reason"
            description="Needed to decline; kept for ever."
            autosize
            minRows={2}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        ) : (
          <p>You may not approve it: {spoken(whyNot ?? "")}.</p>
        )}
        <p className={ui["soft"]}>{spoken(stillNeeded ?? "")}</p>
        {mayDecide ? (
          <div className={ui["row"]}>
            <Button disabled={send.isPending} onClick={() => decide(true)}>
              Approve
            </Button>
            <Button
              variant="default"
              disabled={send.isPending || reason.trim() === ""}
              onClick={() => decide(false)}
            >
              Decline
            </Button>
          </div>
        ) : null}
        {send.error === null ? null : <ProblemNote error={send.error} />}
      </div>
    </Panel>
  );
}

function Settled({ one }: { readonly one: ApprovalDetails }) {
  return (
    <Panel title={inWords(one.state)}>
      <Facts
        items={[
          ["By", one.settledBy],
          ["When", one.settledAt === null ? null : showInstant(one.settledAt)],
          ["Reason", one.settledBecause],
        ]}
      />
    </Panel>
  );
}

const LEVEL_WORDS: Readonly<Record<ApprovalLevel["state"], readonly [Tone, string]>> = {
  approved: ["good", "Agreed"],
  declined: ["bad", "Declined"],
  next: ["accent", "Next"],
  later: ["calm", "After that"],
  over: ["calm", "Not needed"],
};

function Levels({ levels }: { readonly levels: readonly ApprovalLevel[] }) {
  return (
    <Table label="Levels">
      <thead>
        <tr>
          <th data-number>Level</th>
          <th>State</th>
          <th>Roles that may</th>
          <th>Decided by</th>
          <th>Reason</th>
        </tr>
      </thead>
      <tbody>
        {levels.map((one) => (
          <tr key={one.level}>
            <td data-number>{one.level}</td>
            <td>
              <WordBadge tone={LEVEL_WORDS[one.state][0]}>{LEVEL_WORDS[one.state][1]}</WordBadge>
            </td>
            <td>{one.roles.map(inWords).join(", ")}</td>
            <td>
              {one.decidedBy ?? "–"}
              {one.onBehalfOf === null ? null : (
                <div className={ui["soft"]}>in place of {one.onBehalfOf}</div>
              )}
              {one.decidedAt === null ? null : (
                <div className={ui["soft"]}>
                  <When at={one.decidedAt} />
                </div>
              )}
            </td>
            <td>{one.reason}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
