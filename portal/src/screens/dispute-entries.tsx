/** Every entry of a dispute as a journal: two sides, three dates, state, route, and why. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { BookOpen, ChevronDown, ChevronRight } from "lucide-react";
import { useState } from "react";

import { showAmount } from "../api/money.ts";
import { disputeQuery, entriesQuery } from "../api/queries.ts";
import type { Numbered } from "../api/queries.ts";
import type { Dispute, Entry, EntrySide } from "../api/types.ts";
import { WhyEntry } from "../parts/why.tsx";
import { Answer, Empty } from "../ui/answers.tsx";
import { AdjustmentBadge, WordBadge } from "../ui/badge.tsx";
import { Table } from "../ui/panel.tsx";
import { inWords, ROUTE_WORDS } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

import css from "./screens.module.css";

export function DisputeEntries({ dispute }: { readonly dispute: Numbered }) {
  const query = useQuery(entriesQuery(dispute));
  const holder = useQuery(disputeQuery(dispute)).data?.account;
  return (
    <Answer query={query} what="the entries">
      {(entries) =>
        entries.length === 0 ? <NoEntries /> : <EntryTable entries={entries} holder={holder} />
      }
    </Answer>
  );
}

function NoEntries() {
  return (
    <Empty title="Nothing is booked for this dispute" icon={BookOpen}>
      <p>
        An operation, such as Issue Provisional Credit, books entries: run one here, by API or by
        import. What is planned for a later date is in the timeline.
      </p>
    </Empty>
  );
}

const route = getRouteApi("/inside/cases/$client/$claim");

type Holder = Dispute["account"] | undefined;

function EntryTable(props: { readonly entries: readonly Entry[]; readonly holder: Holder }) {
  const { entries, holder } = props;
  const currency = entries[0]?.amount.currency ?? "";
  return (
    <div className={css["entries"]}>
      <Table label="Entries">
        <thead>
          <tr>
            <th>Rule</th>
            <th>Collection and account</th>
            <th data-number>Debit {currency}</th>
            <th data-number>Credit {currency}</th>
            <th>Event</th>
            <th>Planned</th>
            <th>Posted</th>
            <th>State</th>
            <th>Route</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <EntryRows key={entry.id} entry={entry} holder={holder} />
          ))}
        </tbody>
      </Table>
    </div>
  );
}

function EntryRows(props: { readonly entry: Entry; readonly holder: Holder }) {
  const { entry, holder } = props;
  const [isOpen, setOpen] = useState(false);
  const amount = showAmount(entry.amount.amount);
  const Sign = isOpen ? ChevronDown : ChevronRight;
  return (
    <>
      <tr>
        <td rowSpan={2}>
          <div>{entry.label}</div>
          {entry.kind === "original" ? null : (
            <WordBadge tone="calm">{inWords(entry.kind)}</WordBadge>
          )}
          <Button
            size="compact-xs"
            variant="subtle"
            aria-expanded={isOpen}
            aria-label={`Why ${entry.label}`}
            onClick={() => setOpen(!isOpen)}
            leftSection={<Sign size={13} aria-hidden />}
          >
            Why
          </Button>
        </td>
        <td data-side>
          <Side side={entry.debit} holder={holder} />
        </td>
        <td data-side data-number>
          {amount}
        </td>
        <td data-side />
        <EntryFacts entry={entry} />
      </tr>
      <tr>
        <td>
          <Side side={entry.credit} holder={holder} isCredit />
        </td>
        <td />
        <td data-number>{amount}</td>
      </tr>
      {isOpen ? (
        <tr>
          <td colSpan={9}>
            <WhyEntry entry={entry} />
            <ReverseLink entry={entry} />
          </td>
        </tr>
      ) : null}
    </>
  );
}

const REVERSIBLE: ReadonlySet<string> = new Set(["executed", "tracked"]);

/** To the operation that undoes the whole adjustment, filled in. */
function ReverseLink({ entry }: { readonly entry: Entry }) {
  const { client, claim } = route.useParams();
  if (entry.kind !== "original" || !REVERSIBLE.has(entry.adjustment.state)) return null;
  return (
    <Link
      to="/cases/$client/$claim"
      params={{ client, claim }}
      search={(before) => ({
        ...before,
        tab: "operation",
        operation: "reverseAdjustment",
        adjustment: entry.adjustment.id,
      })}
      resetScroll={false}
    >
      Reverse this adjustment
    </Link>
  );
}

function EntryFacts({ entry }: { readonly entry: Entry }) {
  const { adjustment } = entry;
  const facts = [
    { name: "event", shown: entry.eventDate },
    { name: "planned", shown: entry.plannedPostingDate },
    { name: "posted", shown: entry.postingDate ?? "–" },
    { name: "state", shown: <AdjustmentBadge state={adjustment.state} /> },
    { name: "route", shown: adjustment.route === null ? "–" : ROUTE_WORDS[adjustment.route] },
  ];
  return facts.map(({ name, shown }) => (
    <td key={name} rowSpan={2} data-day>
      {shown}
    </td>
  ));
}

function Side(props: {
  readonly side: EntrySide;
  readonly holder: Holder;
  readonly isCredit?: boolean;
}) {
  const { side, holder, isCredit = false } = props;
  const isHolder = side.account === holder?.id;
  const account = isHolder
    ? (holder?.masked ?? "the holder's")
    : inWords(side.account).toLowerCase();
  return (
    <div style={{ paddingLeft: isCredit ? 20 : 0 }}>
      {inWords(side.collection)}{" "}
      <span className={isHolder ? ui["mono"] : ui["soft"]}>{account}</span>
      {side.tranCode === null ? null : <span className={ui["soft"]}> · {side.tranCode}</span>}
    </div>
  );
}
