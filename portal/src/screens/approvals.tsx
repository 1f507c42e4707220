/**
 * What waits for other people's word: mine to decide, or all of it, with who is still needed and
 * which tier fired. Several at once are decided as a job, each judged by itself.
 */
import { Checkbox } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { UserCheck } from "lucide-react";
import { useState } from "react";

import { approvalsQuery } from "../api/approval-queries.ts";
import type { ApprovalFilter } from "../api/approval-queries.ts";
import type { Approval } from "../api/approval-types.ts";
import { ApprovalTabs } from "../parts/approval-tabs.tsx";
import { useClient, useClientName } from "../parts/clients.ts";
import { MoreItems } from "../parts/more-items.tsx";
import { Answer, Empty } from "../ui/answers.tsx";
import { When, WordBadge } from "../ui/badge.tsx";
import { Amount } from "../ui/money.tsx";
import { Page, Panel, Table } from "../ui/panel.tsx";
import { inWords, spoken } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

import { DecideMany } from "./decide-many.tsx";

const route = getRouteApi("/inside/approvals");

const FILTERS: Readonly<Record<string, ApprovalFilter>> = {
  mine: { mine: true },
  all: {},
  asked: { requestedByMe: true },
  settled: { state: "approved" },
  declined: { state: "declined" },
};

export function Approvals() {
  const { show = "mine" } = route.useSearch();
  const query = useInfiniteQuery(approvalsQuery({ ...FILTERS[show], client: useClient() }));
  return (
    <Page
      title="Approvals"
      lead="Nobody approves their own work, or a request that goes back to them."
    >
      <ApprovalTabs current={show} />
      <Answer query={query} what="the approvals">
        {(data) => (
          <Shown key={show} show={show} items={data.pages.flatMap((page) => page.items)} />
        )}
      </Answer>
      <MoreItems query={query} what="approvals" />
    </Page>
  );
}

function Shown({ show, items }: { readonly show: string; readonly items: readonly Approval[] }) {
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set());
  const mayChoose = items.filter((one) => one.mayDecide);
  const standing = mayChoose.filter((one) => chosen.has(one.id));
  if (items.length === 0) {
    return (
      <Panel flush>
        <Nothing show={show} />
      </Panel>
    );
  }
  return (
    <>
      {mayChoose.length === 0 ? null : (
        <DecideMany chosen={standing} clear={() => choose(new Set())} />
      )}
      <Panel flush>
        <RequestTable items={items} chosen={chosen} choose={choose} mayChoose={mayChoose} />
      </Panel>
    </>
  );
}

function Nothing({ show }: { readonly show: string }) {
  if (show === "mine") {
    return (
      <Empty title="Nothing waits for you" icon={UserCheck}>
        <p>
          Here is what you may decide: not what you asked for, made or keyed yourself.{" "}
          <Link to="/approvals" search={{ show: "all" }}>
            All that wait
          </Link>{" "}
          says for each who is still needed.
        </p>
      </Empty>
    );
  }
  return (
    <Empty title="There are none" icon={UserCheck}>
      <p>
        An operation above a tier of the client&apos;s <em>approvals</em>, a manual adjustment, a
        file that has to be released or another account waits here for other people&apos;s word.
      </p>
    </Empty>
  );
}

function RequestTable(props: {
  readonly items: readonly Approval[];
  readonly chosen: ReadonlySet<string>;
  readonly choose: (ids: ReadonlySet<string>) => void;
  readonly mayChoose: readonly Approval[];
}) {
  const { items, chosen, choose, mayChoose } = props;
  const all = mayChoose.length > 0 && mayChoose.every((one) => chosen.has(one.id));
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    choose(next);
  };
  return (
    <Table label="Requests for approval">
      <thead>
        <tr>
          {mayChoose.length === 0 ? null : (
            <th>
              <Checkbox
                size="xs"
                aria-label="Choose all that you may decide"
                checked={all}
                onChange={() => choose(new Set(all ? [] : mayChoose.map((one) => one.id)))}
              />
            </th>
          )}
          <th>What will happen</th>
          <th data-number>Amount</th>
          <th>Asked by</th>
          <th>Why it waits</th>
          <th>
            {items.some((one) => one.state === "waiting") ? "Who is still needed" : "Decided"}
          </th>
        </tr>
      </thead>
      <tbody>
        {items.map((one) => (
          <tr key={one.id}>
            {mayChoose.length === 0 ? null : (
              <td>
                <Checkbox
                  size="xs"
                  aria-label={`Choose ${spoken(one.summary)}`}
                  checked={chosen.has(one.id)}
                  disabled={!one.mayDecide}
                  title={one.whyNot ?? undefined}
                  onChange={() => toggle(one.id)}
                />
              </td>
            )}
            <RequestCells one={one} />
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function RequestCells({ one }: { readonly one: Approval }) {
  const nameOf = useClientName();
  const agreed = one.levels.filter((level) => level.state === "approved").length;
  return (
    <>
      <td style={{ minWidth: 220 }}>
        <Link className={ui["link"]} to="/approvals/$approval" params={{ approval: one.id }}>
          {one.label}
        </Link>
        <div>{spoken(one.summary)}</div>
        <div className={ui["soft"]}>{nameOf(one.client)}</div>
      </td>
      <td data-number>
        <Amount money={one.amount} />
      </td>
      <td data-day>
        {one.requester}
        <div className={ui["soft"]}>
          <When at={one.requestedAt} />
        </div>
      </td>
      <td style={{ minWidth: 170 }}>{spoken(one.ruleWords)}</td>
      <td style={{ minWidth: 240 }}>
        {one.state === "waiting" ? (
          <>
            <WordBadge tone={one.mayDecide ? "accent" : "calm"}>
              {`${agreed} of ${one.levels.length} agreed`}
            </WordBadge>
            <div className={ui["soft"]}>{spoken(one.whyNot ?? one.stillNeeded ?? "")}</div>
          </>
        ) : (
          <WordBadge tone={one.state === "approved" ? "good" : "calm"}>
            {`${inWords(one.state)} by ${one.settledBy ?? ""}`}
          </WordBadge>
        )}
      </td>
    </>
  );
}
