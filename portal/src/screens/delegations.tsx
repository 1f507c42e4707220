/** Lent rights to approve: to whom, for how long, up to what; given and ended here. */
import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Handshake } from "lucide-react";
import { useState } from "react";

import { delegationsQuery } from "../api/approval-queries.ts";
import type { Delegation } from "../api/approval-types.ts";
import { useSend } from "../api/commands.ts";
import { newKey } from "../api/http.ts";
import { ApprovalTabs } from "../parts/approval-tabs.tsx";
import { MoreItems } from "../parts/more-items.tsx";
import { Answer, Empty, ProblemNote } from "../ui/answers.tsx";
import { WordBadge } from "../ui/badge.tsx";
import { Amount } from "../ui/money.tsx";
import { Page, Panel, Table } from "../ui/panel.tsx";
import { inWords } from "../ui/states.ts";
import type { Tone } from "../ui/states.ts";
import { showInstant } from "../ui/time.ts";

import { LendRight } from "./lend-right.tsx";

export function Delegations() {
  const query = useInfiniteQuery(delegationsQuery);
  return (
    <Page
      title="Delegations"
      lead="Who lent the right to approve to whom. The two never approve what the other asked for."
    >
      <ApprovalTabs current="delegations" />
      <LendRight onRecord={query.data?.pages.flatMap((page) => page.items) ?? []} />
      <Panel title="On record" flush>
        <Answer query={query} what="the delegations">
          {(data) => <Listed items={data.pages.flatMap((page) => page.items)} />}
        </Answer>
        <MoreItems query={query} what="delegations" />
      </Panel>
    </Page>
  );
}

const TONES: Readonly<Record<Delegation["state"], Tone>> = {
  planned: "info",
  inForce: "good",
  over: "calm",
  revoked: "calm",
};

function Listed({ items }: { readonly items: readonly Delegation[] }) {
  if (items.length === 0) {
    return (
      <Empty title="Nobody has lent their right" icon={Handshake}>
        <p>
          Before you leave, lend your right to approve to another person for that time. What they
          decide in your place is on record with both names.
        </p>
      </Empty>
    );
  }
  return (
    <Table label="Delegations">
      <thead>
        <tr>
          <th>From</th>
          <th>To</th>
          <th>State</th>
          <th>Until</th>
          <th data-number>Up to</th>
          <th>Reason</th>
          <th />
        </tr>
      </thead>
      <tbody>
        {items.map((one) => (
          <tr key={one.id}>
            <td>{one.delegator}</td>
            <td>{one.delegate}</td>
            <td>
              <WordBadge tone={TONES[one.state]}>{inWords(one.state)}</WordBadge>
            </td>
            <td>{showInstant(one.revokedAt ?? one.validUntil)}</td>
            <td data-number>
              <Amount money={one.maximum} />
            </td>
            <td>{one.reason}</td>
            <td>{one.state === "planned" || one.state === "inForce" ? <End one={one} /> : null}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function End({ one }: { readonly one: Delegation }) {
  const [key] = useState(newKey);
  const send = useSend();
  return (
    <>
      <Button
        size="xs"
        variant="default"
        disabled={send.isPending}
        onClick={() => send.mutate({ path: `/delegations/${one.id}/revocation`, key })}
      >
        Revoke
      </Button>
      {send.error === null ? null : <ProblemNote error={send.error} />}
    </>
  );
}
