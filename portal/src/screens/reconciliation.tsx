/**
 * What is not proved yet: what was resolved out of balance and ages, what was attested and no feed
 * has shown; and the feeds of the system of record with what became of their lines.
 */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";

import {
  ageingQuery,
  reconciliationLinesQuery,
  reconciliationsQuery,
  unconfirmedQuery,
} from "../api/resolution-queries.ts";
import type {
  AgeingItem,
  Reconciliation,
  ReconciliationLine,
  UnconfirmedAttestation,
} from "../api/resolution-types.ts";
import { useClient, useClientName } from "../parts/clients.ts";
import { actorWords } from "../ui/actors.ts";
import { Answer, Empty } from "../ui/answers.tsx";
import { When, WordBadge } from "../ui/badge.tsx";
import { Amount } from "../ui/money.tsx";
import { Page, Panel, Table } from "../ui/panel.tsx";
import { inWords } from "../ui/states.ts";
import type { Tone } from "../ui/states.ts";
import { today } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

import { AgeingOwner } from "./ageing-owner.tsx";
import { FeedUpload } from "./feed-upload.tsx";

const route = getRouteApi("/inside/reconciliation");

export function ReconciliationPage() {
  const client = useClient();
  const { feed } = route.useSearch();
  const ageing = useQuery(ageingQuery(client));
  const unconfirmed = useQuery(unconfirmedQuery(client));
  const feeds = useQuery(reconciliationsQuery(client));
  return (
    <Page
      title="Reconciliation and ageing items"
      lead="What ages out of balance, what was attested, and what the core says it posted."
    >
      <Panel title="Ageing items" note="resolved out of balance by two people" flush>
        <Answer query={ageing} what="the ageing items">
          {({ items }) => <Ageing items={items} />}
        </Answer>
      </Panel>
      <Panel title="Attested, and in no feed yet" note="the oldest day first" flush>
        <Answer query={unconfirmed} what="the attestations">
          {({ items }) => <Unconfirmed items={items} />}
        </Answer>
      </Panel>
      <FeedUpload />
      <Panel title="Feeds compared" note="the newest first" flush>
        <Answer query={feeds} what="the feeds">
          {({ items }) => <Feeds items={items} shown={feed} />}
        </Answer>
      </Panel>
      {feed === undefined ? null : <Lines id={feed} />}
    </Page>
  );
}

function Ageing({ items }: { readonly items: readonly AgeingItem[] }) {
  const nameOf = useClientName();
  if (items.length === 0) {
    return (
      <Empty title="Nothing ages">
        <p>
          A dispute resolved although its books are out of balance stands here, with its owner,
          until they are right.
        </p>
      </Empty>
    );
  }
  return (
    <Table label="Ageing items">
      <thead>
        <tr>
          <th>Dispute</th>
          <th>Out of balance</th>
          <th data-number>Amount</th>
          <th>Owner</th>
          <th>Until</th>
          <th>Why</th>
        </tr>
      </thead>
      <tbody>
        {items.map((one) => (
          <tr key={one.id}>
            <td>
              <Link
                className={ui["link"]}
                to="/cases/$client/$claim"
                params={{ client: one.client, claim: one.claim }}
                search={{ dispute: one.dispute, tab: "positions" }}
              >
                {one.dispute}
              </Link>
              <div className={ui["soft"]}>{nameOf(one.client)}</div>
            </td>
            <td>{one.difference}</td>
            <td data-number>
              {one.amount === null ? "a condition" : <Amount money={one.amount} />}
            </td>
            <td>
              <AgeingOwner item={one} />
            </td>
            <td data-day>
              {one.dueOn}{" "}
              {one.dueOn < today(Date.now()) ? <WordBadge tone="bad">Past</WordBadge> : null}
            </td>
            <td>
              {one.reason}
              <div className={ui["soft"]}>
                {one.askedBy}, agreed by {one.approvedBy}
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Unconfirmed({ items }: { readonly items: readonly UnconfirmedAttestation[] }) {
  const nameOf = useClientName();
  if (items.length === 0) {
    return (
      <Empty title="Every attestation is confirmed">
        <p>What people attest stands here until a feed of the system of record shows it.</p>
      </Empty>
    );
  }
  return (
    <Table label="Attestations in no feed">
      <thead>
        <tr>
          <th>Reference</th>
          <th>Dispute</th>
          <th data-number>Amount</th>
          <th>Posted</th>
          <th data-number>Business days ago</th>
          <th>Attested by</th>
        </tr>
      </thead>
      <tbody>
        {items.map((one) => (
          <tr key={one.id}>
            <td data-day>{one.reference}</td>
            <td>
              {one.dispute}
              <div className={ui["soft"]}>{nameOf(one.client)}</div>
            </td>
            <td data-number>
              <Amount money={one.amount} />
            </td>
            <td data-day>{one.postingDate}</td>
            <td data-number>{one.ageDays}</td>
            <td>{actorWords(one.actor)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Feeds(props: {
  readonly items: readonly Reconciliation[];
  readonly shown: string | undefined;
}) {
  const nameOf = useClientName();
  if (props.items.length === 0) {
    return (
      <Empty title="No feed was compared yet">
        <p>
          Bring one in above, or run <code>redress reconcile FILE</code>.
        </p>
      </Empty>
    );
  }
  return (
    <Table label="Feeds compared">
      <thead>
        <tr>
          <th>Feed</th>
          <th>Days</th>
          <th data-number>Lines</th>
          <th data-number>Matched</th>
          <th data-number>Different</th>
          <th data-number>Missing here</th>
          <th data-number>Missing there</th>
          <th>Taken in</th>
        </tr>
      </thead>
      <tbody>
        {props.items.map((one) => (
          <tr key={one.id}>
            <td>
              <Link
                className={ui["link"]}
                to="/reconciliation"
                search={(before) => ({ ...before, feed: one.id })}
                resetScroll={false}
                aria-current={one.id === props.shown ? "true" : undefined}
              >
                {one.name}
              </Link>
              <div className={ui["soft"]}>
                {one.format} · {nameOf(one.client)}
              </div>
            </td>
            <td data-day>{one.from === one.to ? one.from : `${one.from} to ${one.to}`}</td>
            <td data-number>{one.lines}</td>
            <td data-number>{one.matched}</td>
            <td data-number>{one.different}</td>
            <td data-number>{one.missingHere}</td>
            <td data-number>{one.missingThere}</td>
            <td>
              <When at={one.takenAt} /> by {actorWords(one.actor)}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

const OUTCOMES: Readonly<Record<ReconciliationLine["outcome"], Tone>> = {
  matched: "good",
  different: "bad",
  missingHere: "warn",
  missingThere: "warn",
};

function Lines({ id }: { readonly id: string }) {
  const query = useQuery(reconciliationLinesQuery(id));
  return (
    <Panel title="What became of its lines" note="the first 200" flush>
      <Answer query={query} what="the lines">
        {({ items }) => (
          <Table label="Lines of the feed">
            <thead>
              <tr>
                <th data-number>Line</th>
                <th>Reference</th>
                <th data-number>Amount</th>
                <th>Booked</th>
                <th>Dispute</th>
                <th>Outcome</th>
              </tr>
            </thead>
            <tbody>
              {items.map((one) => (
                <tr key={one.ordinal}>
                  <td data-number>{one.line ?? "–"}</td>
                  <td>{one.reference ?? "none"}</td>
                  <td data-number>
                    <Amount money={one.amount} />
                  </td>
                  <td data-day>{one.bookedOn ?? ""}</td>
                  <td>{one.dispute ?? ""}</td>
                  <td>
                    <WordBadge tone={OUTCOMES[one.outcome]}>{inWords(one.outcome)}</WordBadge>
                    {one.difference === null ? null : (
                      <div className={ui["soft"]}>{one.difference}</div>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </Answer>
    </Panel>
  );
}
