/** Cases: every claim in view, the newest first, found by number. */
import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { SearchX } from "lucide-react";
import { useEffect } from "react";

import { claimsQuery } from "../api/queries.ts";
import type { ClaimSummary, Page as PageOf } from "../api/types.ts";
import { useClient, useClientName } from "../parts/clients.ts";
import { Answer, Empty } from "../ui/answers.tsx";
import { When } from "../ui/badge.tsx";
import { Page, Panel, Table } from "../ui/panel.tsx";
import ui from "../ui/ui.module.css";

const route = getRouteApi("/inside/cases");

export function Cases() {
  const { q, open } = route.useSearch();
  const navigate = useNavigate();
  const client = useClient();
  const query = useInfiniteQuery(claimsQuery({ client, q }));
  const only = onlyClaim(query.data?.pages, query.isPlaceholderData);
  useEffect(() => {
    if (open === undefined || only === null) return;
    void navigate({
      to: "/cases/$client/$claim",
      params: { client: only.client, claim: only.id },
      replace: true,
    });
  }, [open, only, navigate]);
  return (
    <Page
      title="Cases"
      lead={q === undefined ? "Claims with their disputes, the newest first." : `Found for “${q}”.`}
    >
      <Panel flush>
        <Answer query={query} what="the claims">
          {(data) => {
            const claims = data.pages.flatMap((page) => page.items);
            return claims.length === 0 ? <NoCases q={q} /> : <ClaimTable claims={claims} />;
          }}
        </Answer>
      </Panel>
      {query.hasNextPage ? (
        <div>
          <Button
            variant="default"
            onClick={() => void query.fetchNextPage()}
            disabled={query.isFetchingNextPage}
          >
            {query.isFetchingNextPage ? "Reading…" : "More"}
          </Button>
        </div>
      ) : null}
    </Page>
  );
}

/** Where a search has one answer, that is what was meant. */
function onlyClaim(
  pages: readonly PageOf<ClaimSummary>[] | undefined,
  isPlaceholder: boolean,
): ClaimSummary | null {
  const items = pages?.[0]?.items ?? [];
  return !isPlaceholder && items.length === 1 ? (items[0] ?? null) : null;
}

function ClaimTable({ claims }: { readonly claims: readonly ClaimSummary[] }) {
  const nameOf = useClientName();
  return (
    <Table label="Claims">
      <thead>
        <tr>
          <th>Claim</th>
          <th>Client</th>
          <th>Type</th>
          <th>Notice received</th>
          <th data-number>Disputes</th>
          <th data-number>Open work</th>
          <th>Opened</th>
        </tr>
      </thead>
      <tbody>
        {claims.map((claim) => (
          <tr key={claim.client + claim.id}>
            <td>
              <Link
                className={ui["link"]}
                to="/cases/$client/$claim"
                params={{ client: claim.client, claim: claim.id }}
              >
                {claim.id}
              </Link>
            </td>
            <td>{nameOf(claim.client)}</td>
            <td>{claim.claimType}</td>
            <td>{claim.noticeReceivedOn ?? "–"}</td>
            <td data-number>{claim.disputes}</td>
            <td data-number>{claim.openAssignments}</td>
            <td>
              <When at={claim.openedAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function NoCases({ q }: { readonly q: string | undefined }) {
  if (q !== undefined) {
    return (
      <Empty title={`No claim or dispute matches “${q}”`} icon={SearchX}>
        <p>
          A claim number is the day and an ordinal with a C, as 2405230003C; a dispute ends with a
          D.
        </p>
        <Link to="/cases" search={{}}>
          Show all cases
        </Link>
      </Empty>
    );
  }
  return (
    <Empty title="No cases yet">
      <p>
        Claims and disputes come from the institution's case system, by the API (
        <code>POST /v1/claims</code>) or by <code>redress import</code>.
      </p>
    </Empty>
  );
}
