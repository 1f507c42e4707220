/** The assignments of a queue, most urgent first, read page by page. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { PartyPopper } from "lucide-react";
import { useCallback, useEffect } from "react";

import { assignmentsQuery, PAGES_HELD } from "../api/queries.ts";
import type { Assignment } from "../api/types.ts";
import { useClient, useClientName } from "../parts/clients.ts";
import { GetNext } from "../parts/get-next.tsx";
import { Nearest } from "../parts/nearest-clock.tsx";
import { Answer, Empty } from "../ui/answers.tsx";
import { Due } from "../ui/badge.tsx";
import type { Column } from "../ui/grid.tsx";
import { Grid } from "../ui/grid.tsx";
import { Amount } from "../ui/money.tsx";
import { queueWords, ROUTE_WORDS } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

import css from "./screens.module.css";

export function QueueGrid(props: {
  readonly queue: string | undefined;
  readonly assignee: string | undefined;
  readonly chosen: string | undefined;
}) {
  const { queue, assignee, chosen } = props;
  const client = useClient();
  const navigate = useNavigate({ from: "/queues" });
  const query = useInfiniteQuery(assignmentsQuery({ client, queue, assignee }));
  const columns = useColumns(chosen !== undefined);
  const { data, fetchNextPage, hasNextPage, isFetchingNextPage } = query;
  const isFull = (data?.pages.length ?? 0) >= PAGES_HELD;
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage]);
  const all = assignee === undefined ? "All queues" : "What I have";
  const title = queue === undefined ? all : queueWords(queue);
  useEffect(() => {
    document.title = `${title} · Redress`;
  }, [title]);
  return (
    <div className={css["gridPane"]}>
      <div className={css["gridHead"]}>
        <div>
          <h1>{title}</h1>
          <p className={ui["soft"]}>By urgency, then the nearest goal, then the amount</p>
        </div>
        <GetNext queue={queue} />
      </div>
      <Answer query={query} what="the assignments">
        {(data) => (
          <Grid
            label={`Assignments of ${title}`}
            rows={data.pages.flatMap((page) => page.items)}
            columns={columns}
            keyOf={(row) => row.id}
            chosen={chosen}
            open={(row) =>
              void navigate({
                search: (before) => ({ ...before, assignment: row.id, action: undefined }),
              })
            }
            minWidth={chosen === undefined ? "860px" : "0"}
            hasMore={hasNextPage && !isFull}
            more={more}
            empty={
              <Empty title="Nothing waits here" icon={PartyPopper}>
                <p>New assignments appear by themselves; nobody has to load the page again.</p>
              </Empty>
            }
          />
        )}
      </Answer>
      {hasNextPage && isFull ? (
        <p className={ui["loading"]}>More wait; these are the most urgent. Choose a queue.</p>
      ) : null}
    </div>
  );
}

function useColumns(isNarrow: boolean): readonly Column<Assignment>[] {
  const nameOf = useClientName();
  const what: Column<Assignment> = {
    name: "Assignment",
    width: isNarrow ? "minmax(0, 1fr)" : "minmax(224px, 2fr)",
    cell: (row) => (
      <>
        <div>
          {row.dispute ?? row.claim} <span className={ui["soft"]}>{nameOf(row.client)}</span>
        </div>
        <div className={ui["soft"]}>{row.type}</div>
      </>
    ),
  };
  const due: Column<Assignment> = {
    name: "Goal",
    width: "116px",
    cell: (row) => (
      <>
        <div>
          <Due at={row.goalAt} />
        </div>
        <Nearest clock={row.clock} />
      </>
    ),
  };
  const amount: Column<Assignment> = {
    name: "Amount",
    width: "108px",
    isNumber: true,
    cell: (row) => <Amount money={row.amount} />,
  };
  if (isNarrow) return [what, due, amount];
  return [
    what,
    due,
    { name: "Urgency", width: "54px", isNumber: true, cell: (row) => row.urgency },
    amount,
    {
      name: "Route",
      width: "minmax(118px, 0.6fr)",
      cell: (row) => (row.route === null ? "–" : (ROUTE_WORDS[row.route] ?? row.route)),
    },
    { name: "Claim", width: "106px", cell: (row) => row.claim },
    {
      name: "With",
      width: "minmax(72px, 0.5fr)",
      cell: (row) => row.assignee ?? <span className={ui["soft"]}>nobody</span>,
    },
  ];
}
