/** The assignments of a queue, most urgent first, read page by page. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Ban, Hourglass, Lock, PartyPopper } from "lucide-react";
import type { ReactNode } from "react";
import { useCallback, useEffect } from "react";

import { showAmount } from "../api/money.ts";
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
import { showInstant } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

import css from "./screens.module.css";

const TITLES: Readonly<Record<string, string>> = {
  pended: "Pended: waits for a date",
  unworkable: "Unworkable: waits for a supervisor",
};

const COMES_BY_ITSELF = "New assignments appear by themselves; nobody has to load the page again.";
const TAKE_SOME =
  "Get next (n) gives you the most urgent assignment; Take (c) the one you look at.";
const EMPTY: Readonly<Record<string, string>> = {
  pended:
    "Pend until (w) puts work here that has to wait for a date; it comes back by itself then.",
  unworkable: "Mark unworkable (d) puts work here that nobody can do, with the reason.",
};

export function QueueGrid(props: {
  readonly filter: {
    readonly queue: string | undefined;
    readonly queueKind: string | undefined;
    readonly assignee: string | undefined;
    readonly workGroup: string | undefined;
    readonly standing: string | undefined;
    /** An ISO instant: as they were then. */
    readonly asOf: string | undefined;
  };
  readonly chosen: string | undefined;
  readonly tools: ReactNode;
  readonly children: ReactNode;
}) {
  const { filter, chosen } = props;
  const { queue, assignee, workGroup, standing, asOf } = filter;
  const client = useClient();
  const navigate = useNavigate({ from: "/queues" });
  const query = useInfiniteQuery(assignmentsQuery({ client, ...filter }));
  const columns = useColumns(chosen !== undefined, asOf);
  const { data, fetchNextPage, hasNextPage, isFetchingNextPage } = query;
  const isFull = (data?.pages.length ?? 0) >= PAGES_HELD;
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage]);
  const isMine = assignee !== undefined && standing === undefined;
  const all = assignee === undefined ? (TITLES[standing ?? ""] ?? "All queues") : "What I have";
  const of = workGroup === undefined ? "" : ` · ${workGroup}`;
  const title = `${queue === undefined ? all : queueWords(queue)}${of}`;
  useEffect(() => {
    document.title = `${title} · Redress`;
  }, [title]);
  return (
    <div className={css["gridPane"]}>
      <GridHead title={title} asOf={asOf} queue={queue} tools={props.tools} />
      {props.children}
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
            minWidth={chosen === undefined ? "884px" : "0"}
            hasMore={hasNextPage && !isFull}
            more={more}
            empty={
              <Empty
                title={isMine ? "You have nothing in hand" : "Nothing waits here"}
                icon={PartyPopper}
              >
                <p>{EMPTY[standing ?? ""] ?? (isMine ? TAKE_SOME : COMES_BY_ITSELF)}</p>
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

function GridHead(props: {
  readonly title: string;
  readonly asOf: string | undefined;
  readonly queue: string | undefined;
  readonly tools: ReactNode;
}) {
  const { title, asOf, queue, tools } = props;
  return (
    <div className={css["gridHead"]}>
      <div>
        <h1>{title}</h1>
        <p className={ui["soft"]}>
          {asOf === undefined
            ? "By urgency, then the nearest date to act, then the amount"
            : `As of ${showInstant(asOf)}: what was then changes no more`}
        </p>
      </div>
      <div className={ui["row"]}>
        {tools}
        {asOf === undefined ? <GetNext queue={queue} /> : null}
      </div>
    </div>
  );
}

function useColumns(isNarrow: boolean, asOf: string | undefined): readonly Column<Assignment>[] {
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
          {row.goalAt === null && row.pendedUntil !== null ? (
            <span className={ui["soft"]}>until {showInstant(row.pendedUntil).slice(0, 10)}</span>
          ) : (
            <Due at={row.goalAt} asOf={asOf} />
          )}
        </div>
        <Nearest clock={row.clock} />
      </>
    ),
  };
  const amount: Column<Assignment> = {
    name: "Amount",
    width: isNarrow ? "92px" : "132px",
    isNumber: true,
    cell: (row) => (isNarrow ? <Stacked money={row.amount} /> : <Amount money={row.amount} />),
  };
  if (isNarrow) return [what, due, amount];
  return [
    what,
    due,
    { name: "Urgency", width: "54px", isNumber: true, cell: (row) => row.urgency },
    amount,
    { name: "Claim", width: "106px", cell: (row) => row.claim },
    {
      name: "Group",
      width: "minmax(104px, 0.7fr)",
      cell: (row) => (
        <>
          <div>{row.workGroup}</div>
          <div className={ui["soft"]}>
            {row.route === null ? "" : (ROUTE_WORDS[row.route] ?? row.route)}
          </div>
        </>
      ),
    },
    {
      name: "With",
      width: "minmax(96px, 0.7fr)",
      cell: (row) => <With row={row} />,
    },
  ];
}

/** In a narrow list the currency stands below: no figure of the amount is cut. */
function Stacked({ money }: { readonly money: Assignment["amount"] }) {
  if (money === null) return <Amount money={null} />;
  return (
    <>
      <div>{showAmount(money.amount)}</div>
      <div className={ui["soft"]}>{money.currency}</div>
    </>
  );
}

/** Who has it, and what stands against working it: word and icon, never a colour alone. */
function With({ row }: { readonly row: Assignment }) {
  const { assignee, lock, pendedUntil, unworkable } = row;
  const sign =
    unworkable !== null
      ? { icon: Ban, words: "unworkable", why: unworkable }
      : pendedUntil !== null
        ? { icon: Hourglass, words: "pended", why: `until ${showInstant(pendedUntil)}` }
        : lock !== null && lock.holder !== assignee
          ? { icon: Lock, words: `open: ${lock.holder}`, why: `${lock.holder} has the claim open` }
          : null;
  return (
    <>
      <div>{assignee ?? <span className={ui["soft"]}>nobody</span>}</div>
      {sign === null ? null : (
        <div className={ui["soft"]} title={sign.why}>
          <sign.icon size={12} aria-hidden /> {sign.words}
        </div>
      )}
    </>
  );
}
