/** Credits that the machine issued to meet a clock: approved afterwards, with a reason if not. */
import { Button, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleX, Hourglass, OctagonAlert } from "lucide-react";
import { useState } from "react";

import { useSend } from "../api/commands.ts";
import type { AutomaticCredit } from "../api/clock-types.ts";
import { newKey } from "../api/http.ts";
import { useClientName } from "../parts/clients.ts";
import { useRight } from "../parts/rights.ts";
import { ProblemNote } from "../ui/answers.tsx";
import { Badge, When } from "../ui/badge.tsx";
import { Amount } from "../ui/money.tsx";
import { Table } from "../ui/panel.tsx";
import type { Look } from "../ui/states.ts";
import { inWords, ROUTE_WORDS } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

const LOOKS: Readonly<Record<AutomaticCredit["state"], Look>> = {
  due: { tone: "info", icon: Hourglass, word: "Written, not done yet" },
  done: { tone: "good", icon: CircleCheck, word: "Issued" },
  refused: { tone: "bad", icon: CircleX, word: "Refused" },
  impossible: { tone: "warn", icon: OctagonAlert, word: "Could not" },
};

export function CreditTable({ credits }: { readonly credits: readonly AutomaticCredit[] }) {
  return (
    <Table label="Credits by the machine">
      <thead>
        <tr>
          <th>Dispute</th>
          <th>By the machine</th>
          <th data-number>Amount</th>
          <th>Posts</th>
          <th>Approval</th>
        </tr>
      </thead>
      <tbody>
        {credits.map((credit) => (
          <Row key={credit.id} credit={credit} />
        ))}
      </tbody>
    </Table>
  );
}

function Row({ credit }: { readonly credit: AutomaticCredit }) {
  const nameOf = useClientName();
  return (
    <tr>
      <td>
        <Link
          className={ui["link"]}
          to="/cases/$client/$claim"
          params={{ client: credit.client, claim: credit.claim }}
          search={{ dispute: credit.dispute, tab: "clocks" }}
        >
          {credit.dispute}
        </Link>
        <div className={ui["soft"]}>{nameOf(credit.client)}</div>
      </td>
      <td style={{ minWidth: 190 }}>
        <Badge look={LOOKS[credit.state]} />
        <div>
          {inWords(credit.operation)} <span className={ui["soft"]}>for {credit.title}</span>
        </div>
        {credit.reason === null ? null : <div className={ui["soft"]}>{credit.reason}</div>}
      </td>
      <td data-number>
        <Amount money={credit.amount} />
      </td>
      <td>
        {credit.predictedPostingOn ?? "–"}
        <div className={ui["soft"]}>
          due {credit.dueOn}
          {credit.route === null ? "" : `, ${(ROUTE_WORDS[credit.route] ?? "").toLowerCase()}`}
        </div>
      </td>
      <td style={{ minWidth: 170 }}>
        <Approval credit={credit} />
      </td>
    </tr>
  );
}

function Approval({ credit }: { readonly credit: AutomaticCredit }) {
  const mayApprove = useRight("assignment:approve");
  const [isDeclining, setDeclining] = useState(false);
  const [key] = useState(newKey);
  const send = useSend();
  if (credit.state === "impossible") return <span className={ui["soft"]}>nothing was issued</span>;
  if (credit.approval !== null) {
    const { approved, by, at, reason } = credit.approval;
    return (
      <>
        {approved ? "Approved" : "Declined"} by {by}
        <div className={ui["soft"]}>
          <When at={at} />
          {reason === null ? "" : `: ${reason}`}
        </div>
      </>
    );
  }
  const path = `/automatic-credits/${credit.id}/approval`;
  const why = mayApprove ? undefined : "Approving needs the role approver";
  return (
    <div className={ui["stack"]}>
      <div className={ui["row"]}>
        <Button
          size="xs"
          disabled={!mayApprove || send.isPending}
          title={why}
          onClick={() =>
            send.mutate({ path, body: { approved: true }, key, version: credit.version })
          }
        >
          Approve
        </Button>
        {isDeclining ? null : (
          <Button
            size="xs"
            variant="default"
            disabled={!mayApprove}
            title={why}
            onClick={() => setDeclining(true)}
          >
            Decline…
          </Button>
        )}
      </div>
      {isDeclining ? <Declining credit={credit} path={path} /> : null}
      {send.error === null ? null : <ProblemNote error={send.error} />}
    </div>
  );
}

function Declining(props: { readonly credit: AutomaticCredit; readonly path: string }) {
  const [reason, setReason] = useState("");
  const [key] = useState(newKey);
  const send = useSend();
  const isFilled = reason.trim() !== "";
  return (
    <form
      className={ui["stack"]}
      onSubmit={(event) => {
        event.preventDefault();
        const body = { approved: false, reason: reason.trim() };
        const { version } = props.credit;
        if (isFilled) send.mutate({ path: props.path, body, key, version });
      }}
    >
      <TextInput
        label="Why not?"
        description="Nothing is undone by this: say who does what about the credit."
        required
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <div>
        <Button type="submit" size="xs" disabled={!isFilled || send.isPending}>
          Decline
        </Button>
      </div>
      {send.error === null ? null : <ProblemNote error={send.error} />}
    </form>
  );
}
