/** A case: what is known of it, how far each step is, and the books of each of its disputes. */
import { Drawer } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useRef } from "react";

import { rollupQuery } from "../api/queries.ts";
import type { Rollup } from "../api/types.ts";
import { AssignmentDetail } from "../parts/assignment-detail.tsx";
import { ClaimLockBar } from "../parts/claim-lock.tsx";
import { useClientName } from "../parts/clients.ts";
import { Nearest } from "../parts/nearest-clock.tsx";
import { Answer, Empty } from "../ui/answers.tsx";
import { DisputeBadge } from "../ui/badge.tsx";
import { Amount } from "../ui/money.tsx";
import { Page } from "../ui/panel.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";
import { showInstant } from "../ui/time.ts";

import { CaseRollup } from "./case-rollup.tsx";
import { DisputeBooks } from "./dispute-books.tsx";
import css from "./screens.module.css";

const route = getRouteApi("/inside/cases/$client/$claim");

export function Case() {
  const { client, claim } = route.useParams();
  const query = useQuery(rollupQuery({ client, id: claim }));
  return (
    <Answer query={query} what={`claim ${claim}`}>
      {(rollup) => <Shown rollup={rollup} />}
    </Answer>
  );
}

function Shown({ rollup }: { readonly rollup: Rollup }) {
  const { dispute: asked, assignment, action } = route.useSearch();
  const navigate = useNavigate({ from: "/cases/$client/$claim" });
  const { claim, disputes } = rollup;
  const dispute = disputes.find((one) => one.id === asked)?.id ?? disputes[0]?.id;
  const opener = useRef<Element | null>(null);
  const open = (id: string | undefined, name?: string): void => {
    if (assignment === undefined) opener.current = document.activeElement;
    void navigate({ search: (before) => ({ ...before, assignment: id, action: name }) });
  };
  useShortcuts(
    "This case",
    disputes.slice(0, 9).map((one, index) => ({
      keys: String(index + 1),
      label: `Dispute ${one.id}`,
      run: () => void navigate({ search: (before) => ({ ...before, dispute: one.id }) }),
    })),
  );
  return (
    <Page title={`Claim ${claim.id}`} lead={<Lead rollup={rollup} />}>
      <ClaimLockBar claim={{ client: claim.client, id: claim.id }} />
      <CaseRollup rollup={rollup} open={open} />
      <Disputes rollup={rollup} chosen={dispute} />
      {dispute === undefined ? (
        <Empty title="This claim has no dispute yet">
          <p>Disputes come with the claim or are added to it by API or import.</p>
        </Empty>
      ) : (
        <DisputeBooks key={dispute} dispute={{ client: claim.client, id: dispute }} />
      )}
      <Drawer
        opened={assignment !== undefined}
        onClose={() => open(undefined)}
        // Its own return would lead to a field of the form within, which is gone by then.
        returnFocus={false}
        onExitTransitionEnd={() => {
          if (opener.current instanceof HTMLElement) opener.current.focus();
        }}
        position="right"
        size="min(680px, 100vw)"
        title="Assignment"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        {assignment === undefined ? null : (
          <AssignmentDetail
            id={assignment}
            action={action}
            choose={(name) => open(assignment, name)}
          />
        )}
      </Drawer>
    </Page>
  );
}

function Disputes(props: { readonly rollup: Rollup; readonly chosen: string | undefined }) {
  const { rollup, chosen } = props;
  const { claim, disputes } = rollup;
  return (
    <nav className={css["disputes"]} aria-label="Disputes">
      {disputes.map((one) => (
        <Link
          key={one.id}
          className={css["dispute"]}
          to="/cases/$client/$claim"
          params={{ client: claim.client, claim: claim.id }}
          search={(before) => ({ ...before, dispute: one.id })}
          resetScroll={false}
          aria-current={one.id === chosen ? "page" : undefined}
        >
          <strong>{one.id}</strong>
          <Amount money={one.amount} />
          <DisputeBadge state={one.state} />
          <Nearest clock={one.clock} />
        </Link>
      ))}
    </nav>
  );
}

function Lead({ rollup: { claim, clock } }: { readonly rollup: Rollup }) {
  const nameOf = useClientName();
  return (
    <>
      {nameOf(claim.client)} · {claim.claimType} · notice received{" "}
      {claim.noticeReceivedOn ?? "not recorded"} · opened {showInstant(claim.openedAt)}
      {clock === null ? null : (
        <>
          {" "}
          · {clock.regulation}, {clock.title.toLowerCase()} by <Nearest clock={clock} />
        </>
      )}
    </>
  );
}
