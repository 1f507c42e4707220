/** Today: what needs me, what is late, when the next file leaves, what failed. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck, Coffee } from "lucide-react";

import { clocksQuery } from "../api/clock-queries.ts";
import type { ListedClock } from "../api/clock-types.ts";
import { assignmentsQuery, queuesQuery } from "../api/queries.ts";
import type { Queue } from "../api/types.ts";
import { useClient, useClientName } from "../parts/clients.ts";
import { leftWords } from "../parts/clock-looks.ts";
import { GetNext } from "../parts/get-next.tsx";
import { WorkList } from "../parts/work-list.tsx";
import { Answer, Empty } from "../ui/answers.tsx";
import { Page, Panel } from "../ui/panel.tsx";
import ui from "../ui/ui.module.css";

import { BatchClock } from "./batch-clock.tsx";
import css from "./screens.module.css";

const SERVICE_FAILED = "Execute Accounting Service Failed";
const BATCH_FAILED = "Execute Batch Accounting Failed";

export function Today() {
  const client = useClient();
  const queues = useQuery(queuesQuery({ client }));
  return (
    <Page
      title="Today"
      lead="What waits for a person, most urgent first, and what leaves by itself."
      actions={<GetNext />}
    >
      <Answer query={queues} what="the queues">
        {(all) => <Strip queues={all} />}
      </Answer>
      <div className={css["columns"]}>
        <div className={css["choice"]}>
          <Mine />
          <Failures />
          <NearClocks />
        </div>
        <BatchClock />
      </div>
    </Page>
  );
}

interface Figure {
  readonly label: string;
  readonly tone: "calm" | "bad" | "accent";
  readonly count: (queue: Queue) => number;
  /** The queue it leads to; all of them where it counts over several. */
  readonly queue?: string;
  /** Where it leads instead of to the queues. */
  readonly to?: "/approvals";
}

const isFor = (name: string) => (queue: Queue) => queue.queue.startsWith(`${name}.`);
const isUser = (queue: Queue): boolean => queue.kind === "user";
const SERVICE_QUEUE = "ExecuteAccountingServiceFailed";
const BATCH_QUEUE = "ExecuteBatchAccountingFailed";
const APPROVALS = "ApproveAccounting";

const FIGURES: readonly Figure[] = [
  { label: "Waiting for a person", tone: "calm", count: (one) => (isUser(one) ? one.open : 0) },
  { label: "Nobody has it", tone: "calm", count: (one) => (isUser(one) ? one.unassigned : 0) },
  { label: "Past the goal", tone: "calm", count: (one) => one.due },
  { label: "Past the deadline", tone: "bad", count: (one) => one.overdue },
  {
    label: "Service failed",
    tone: "bad",
    count: (one) => (isFor(SERVICE_QUEUE)(one) ? one.open : 0),
    queue: SERVICE_QUEUE,
  },
  {
    label: "Batch failed",
    tone: "bad",
    count: (one) => (isFor(BATCH_QUEUE)(one) ? one.open : 0),
    queue: BATCH_QUEUE,
  },
  {
    label: "To approve",
    tone: "accent",
    count: (one) => (isFor(APPROVALS)(one) ? one.open : 0),
    to: "/approvals",
  },
  { label: "Moves by itself", tone: "calm", count: (one) => (isUser(one) ? 0 : one.open) },
];

function Strip({ queues }: { readonly queues: readonly Queue[] }) {
  return (
    <div className={css["strip"]} role="group" aria-label="Work in figures">
      {FIGURES.map(({ label, tone, count, queue, to = "/queues" }) => {
        const value = queues.reduce((sum, one) => sum + count(one), 0);
        return (
          <Link key={label} to={to} search={queue === undefined ? {} : { queue }}>
            <strong data-tone={value === 0 ? "calm" : tone}>{value.toLocaleString("en-US")}</strong>
            <span>{label}</span>
          </Link>
        );
      })}
    </div>
  );
}

function Mine() {
  const client = useClient();
  const query = useInfiniteQuery(assignmentsQuery({ client, assignee: "me" }, 10));
  return (
    <Panel title="You have" note="taken and not finished" flush>
      <Answer query={query} what="your work">
        {(data) => (
          <WorkList
            items={data.pages.flatMap((page) => page.items)}
            empty={
              <Empty title="You have nothing in hand" icon={Coffee}>
                <p>
                  Press <strong>Get next</strong>, or the letter n: the server picks the most urgent
                  assignment, then the nearest goal, then the largest amount.
                </p>
              </Empty>
            }
          />
        )}
      </Answer>
    </Panel>
  );
}

/** The nearest clocks, whoever has the work. */
function NearClocks() {
  const query = useInfiniteQuery(clocksQuery({ client: useClient(), state: "running" }, 5));
  return (
    <Panel
      title="Regulatory clocks"
      note="the nearest"
      actions={<Link to="/clocks">All of them</Link>}
      flush
    >
      <Answer query={query} what="the clocks">
        {(data) => <NearList clocks={data.pages.flatMap((page) => page.items)} />}
      </Answer>
    </Panel>
  );
}

function NearList({ clocks }: { readonly clocks: readonly ListedClock[] }) {
  const nameOf = useClientName();
  if (clocks.length === 0) {
    return (
      <Empty title="No clock is running" icon={CircleCheck}>
        <p>A notice of an error under Reg E or Reg Z starts one.</p>
      </Empty>
    );
  }
  return (
    <ul className={ui["itemList"]}>
      {clocks.map((one) => (
        <li key={`${one.dispute} ${one.clock}`}>
          <div className={ui["item"]}>
            <Link
              className={ui["link"]}
              to="/cases/$client/$claim"
              params={{ client: one.client, claim: one.claim }}
              search={{ dispute: one.dispute, tab: "clocks" }}
            >
              {one.title}
            </Link>
            <span className={ui["soft"]}>
              {one.dispute} · {nameOf(one.client)} · {one.regulation}
            </span>
          </div>
          <div>
            <div>{one.dueOn}</div>
            <span className={ui["soft"]}>{leftWords(one.businessDaysLeft)}</span>
          </div>
        </li>
      ))}
    </ul>
  );
}

function Failures() {
  const client = useClient();
  const service = useInfiniteQuery(assignmentsQuery({ client, type: SERVICE_FAILED }, 5));
  const batch = useInfiniteQuery(assignmentsQuery({ client, type: BATCH_FAILED }, 5));
  return (
    <Panel title="Failed" note="a person has to decide" flush>
      <Answer query={service} what="what failed">
        {(first) => (
          <Answer query={batch} what="what failed">
            {(second) => (
              <WorkList
                items={[...first.pages, ...second.pages].flatMap((page) => page.items)}
                empty={
                  <Empty title="Nothing failed" icon={CircleCheck}>
                    <p>What the machines cannot bring to an end by themselves comes here.</p>
                  </Empty>
                }
              />
            )}
          </Answer>
        )}
      </Answer>
    </Panel>
  );
}
