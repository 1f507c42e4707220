/** Regulatory clocks over all cases: what is due soon, what was missed, what the machine did. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { CircleCheck, Timer } from "lucide-react";

import { automaticCreditsQuery, clocksQuery } from "../api/clock-queries.ts";
import type { ListedClock } from "../api/clock-types.ts";
import { useClient, useClientName } from "../parts/clients.ts";
import { CLOCK_LOOKS, leftWords, WARNED } from "../parts/clock-looks.ts";
import { MoreItems } from "../parts/more-items.tsx";
import tabs from "../parts/service.module.css";
import { Answer, Empty } from "../ui/answers.tsx";
import { Badge } from "../ui/badge.tsx";
import { Page, Panel, Table } from "../ui/panel.tsx";
import { spokenWork } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

import { CreditTable } from "./automatic-credits.tsx";

const route = getRouteApi("/inside/clocks");

const TABS = [
  { id: "running", label: "Running" },
  { id: "missed", label: "Missed and met late" },
  { id: "machine", label: "Credits by the machine" },
] as const;

export function Clocks() {
  const { show } = route.useSearch();
  const tab = TABS.find((one) => one.id === show)?.id ?? "running";
  return (
    <Page
      title="Regulatory clocks"
      lead="What the law gives each dispute, the nearest first. Business days are the client's own."
    >
      <nav className={tabs["tabs"]} aria-label="Regulatory clocks">
        {TABS.map(({ id, label }) => (
          <Link
            key={id}
            to="/clocks"
            search={(before) => ({ ...before, show: id })}
            aria-current={id === tab ? "page" : undefined}
          >
            {label}
          </Link>
        ))}
      </nav>
      <Panel flush>{tab === "machine" ? <Machine /> : <List key={tab} state={tab} />}</Panel>
    </Page>
  );
}

function List({ state }: { readonly state: "running" | "missed" }) {
  const query = useInfiniteQuery(clocksQuery({ client: useClient(), state }));
  return (
    <>
      <Answer query={query} what="the clocks">
        {(data) => <ClockTable clocks={data.pages.flatMap((page) => page.items)} state={state} />}
      </Answer>
      <MoreItems query={query} what="clocks" />
    </>
  );
}

function ClockTable(props: {
  readonly clocks: readonly ListedClock[];
  readonly state: "running" | "missed";
}) {
  if (props.clocks.length === 0) return props.state === "running" ? <NoneRuns /> : <NoneMissed />;
  return (
    <Table label="Regulatory clocks">
      <thead>
        <tr>
          <th>By</th>
          <th>Clock</th>
          <th>State</th>
          <th>Dispute</th>
          <th>Paragraph</th>
        </tr>
      </thead>
      <tbody>
        {props.clocks.map((clock) => (
          <Row
            key={`${clock.client} ${clock.dispute} ${clock.round} ${clock.clock}`}
            clock={clock}
          />
        ))}
      </tbody>
    </Table>
  );
}

function Row({ clock }: { readonly clock: ListedClock }) {
  const nameOf = useClientName();
  return (
    <tr>
      <td style={{ minWidth: 130 }}>
        <strong>{clock.dueOn}</strong>
        <div className={ui["soft"]}>{leftWords(clock.businessDaysLeft)}</div>
      </td>
      <td style={{ minWidth: 190 }}>
        {clock.title}
        <div className={ui["soft"]}>{clock.regulation}</div>
      </td>
      <td style={clock.reason === null ? {} : { minWidth: 240 }}>
        <Badge look={clock.isWarned ? WARNED : CLOCK_LOOKS[clock.state]} />
        {clock.endedOn === null ? null : <div className={ui["soft"]}>{clock.endedOn}</div>}
        {clock.reason === null ? null : (
          <div className={ui["soft"]}>{spokenWork(clock.reason)}</div>
        )}
      </td>
      <td>
        <Link
          className={ui["link"]}
          to="/cases/$client/$claim"
          params={{ client: clock.client, claim: clock.claim }}
          search={{ dispute: clock.dispute, tab: "clocks" }}
        >
          {clock.dispute}
        </Link>
        <div className={ui["soft"]}>{nameOf(clock.client)}</div>
      </td>
      <td className={ui["soft"]} data-day>
        {clock.citation}
      </td>
    </tr>
  );
}

function NoneRuns() {
  return (
    <Empty title="No clock is running" icon={Timer}>
      <p>
        A clock starts with the notice of an error on a dispute that Reg E or Reg Z protects, or
        with an ACH entry. A dispute that says neither has none.
      </p>
    </Empty>
  );
}

function NoneMissed() {
  return (
    <Empty title="Nothing was missed" icon={CircleCheck}>
      <p>
        What is met after its day, or not at all, stays here with the paragraph it comes from, so
        that it can be reported.
      </p>
    </Empty>
  );
}

function Machine() {
  const query = useInfiniteQuery(automaticCreditsQuery(useClient()));
  return (
    <>
      <Answer query={query} what="the credits">
        {(data) => {
          const credits = data.pages.flatMap((page) => page.items);
          return credits.length > 0 ? <CreditTable credits={credits} /> : <NoneIssued />;
        }}
      </Answer>
      <MoreItems query={query} what="credits" />
    </>
  );
}

function NoneIssued() {
  return (
    <Empty title="The machine has issued nothing" icon={Timer}>
      <p>
        Where a client sets <code>clocks.automaticProvisionalCredit</code>, a credit that nobody
        issued goes out early enough to post by its day. It is listed here until somebody approves
        it.
      </p>
    </Empty>
  );
}
