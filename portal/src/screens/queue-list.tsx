/** The queues that have open work, by whose work it is, with counts and what is late. */
import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";

import type { Queue } from "../api/types.ts";
import { groupsQuery } from "../api/work-queries.ts";
import { useRight } from "../parts/rights.ts";
import { Empty } from "../ui/answers.tsx";
import { useNow } from "../ui/clock.ts";
import { queueWords } from "../ui/states.ts";
import { timeLeft } from "../ui/time.ts";

import css from "./screens.module.css";

const COUNTED_AT_MOST = 10_000;

const KINDS: readonly { readonly kind: Queue["kind"]; readonly title: string }[] = [
  { kind: "user", title: "For a person" },
  { kind: "system", title: "For the machines" },
  { kind: "pending", title: "Waiting for time" },
];

/** What stands beside the queues: what waits for a date, and what waits for a supervisor. */
const STANDINGS: readonly {
  readonly name: string;
  readonly title: string;
  readonly count: (queue: Queue) => number;
}[] = [
  { name: "pended", title: "Pended", count: (queue) => queue.pended },
  { name: "unworkable", title: "Unworkable", count: (queue) => queue.unworkable },
];

export function QueueList(props: {
  readonly queues: readonly Queue[];
  readonly queue: string | undefined;
  readonly assignee: string | undefined;
  readonly workGroup: string | undefined;
  readonly standing: string | undefined;
}) {
  const mayWork = useRight("assignment:work");
  const merged = mergeClients(props.queues);
  const isEvery = [props.queue, props.assignee, props.standing].every((one) => one === undefined);
  return (
    <nav className={css["queueList"]} aria-label="Queues" tabIndex={0}>
      <GroupChoice workGroup={props.workGroup} />
      <div>
        <Link
          className={css["queueItem"]}
          to="/queues"
          search={(before) => ({ ...kept(before), every: "queue" })}
          aria-current={isEvery ? "page" : undefined}
        >
          <b>All queues</b>
        </Link>
        <Link
          className={css["queueItem"]}
          to="/queues"
          search={(before) => ({ ...kept(before), assignee: "me" })}
          aria-current={props.assignee === "me" ? "page" : undefined}
        >
          <b>What I have</b>
        </Link>
        {STANDINGS.filter(() => mayWork).map(({ name, title, count }) => (
          <Link
            key={name}
            className={css["queueItem"]}
            to="/queues"
            search={(before) => ({ ...kept(before), standing: name })}
            aria-current={props.standing === name && props.queue === undefined ? "page" : undefined}
          >
            <b>{title}</b>
            <span className={css["count"]}>{merged.reduce((sum, one) => sum + count(one), 0)}</span>
          </Link>
        ))}
      </div>
      {merged.length === 0 ? (
        <Empty title="Every queue is empty">
          <p>Work comes here when an operation needs a person, a machine or a date.</p>
        </Empty>
      ) : null}
      {KINDS.map(({ kind, title }) => {
        const own = merged.filter((one) => one.kind === kind);
        return own.length === 0 ? null : (
          <div key={kind}>
            <h2>{title}</h2>
            {own.map((one) => (
              <QueueItem key={one.queue} queue={one} isChosen={one.queue === props.queue} />
            ))}
          </div>
        );
      })}
    </nav>
  );
}

function QueueItem({ queue, isChosen }: { readonly queue: Queue; readonly isChosen: boolean }) {
  const { words, lateness } = timeLeft(queue.nearestGoalAt, useNow());
  const count = queue.open > COUNTED_AT_MOST ? "10,000+" : queue.open.toLocaleString("en-US");
  return (
    <Link
      className={css["queueItem"]}
      to="/queues"
      search={(before) => ({ ...kept(before), queue: queue.queue })}
      aria-current={isChosen ? "page" : undefined}
    >
      <b>{queueWords(queue.queue)}</b>
      <span className={css["count"]}>{count}</span>
      {queue.overdue === 0 && queue.nearestGoalAt === null ? null : (
        <small data-late={lateness === "overdue" ? true : undefined}>
          {queue.overdue > 0 ? `${queue.overdue} past the deadline` : `first goal: ${words}`}
        </small>
      )}
    </Link>
  );
}

interface Kept {
  readonly client?: string;
  readonly workGroup?: string;
  readonly asOf?: string;
}

/** The group and the moment looked at stay while queues are looked through. */
function kept({ client, workGroup, asOf }: Kept): Kept {
  return {
    ...(client === undefined ? {} : { client }),
    ...(workGroup === undefined ? {} : { workGroup }),
    ...(asOf === undefined ? {} : { asOf }),
  };
}

/** Of which work group: counts, list, plot and bulk actions all follow it. */
function GroupChoice({ workGroup }: { readonly workGroup: string | undefined }) {
  const navigate = useNavigate({ from: "/queues" });
  const names = (useQuery(groupsQuery("work-groups")).data ?? []).map((group) => group.name);
  const known =
    workGroup === undefined || names.includes(workGroup) ? names : [workGroup, ...names];
  return (
    <NativeSelect
      label="Work group"
      value={workGroup ?? ""}
      data={[{ value: "", label: "All groups" }, ...known]}
      onChange={({ currentTarget }) => {
        const chosen = currentTarget.value === "" ? undefined : currentTarget.value;
        void navigate({ search: (before) => ({ ...before, workGroup: chosen }) });
      }}
    />
  );
}

/** A queue of several clients is one line. */
export function mergeClients(queues: readonly Queue[]): readonly Queue[] {
  const merged = new Map<string, Queue>();
  for (const queue of queues) {
    const before = merged.get(queue.queue);
    merged.set(queue.queue, before === undefined ? queue : addQueues(before, queue));
  }
  return [...merged.values()].toSorted((one, other) => one.queue.localeCompare(other.queue));
}

function addQueues(one: Queue, other: Queue): Queue {
  const goals = [one.nearestGoalAt, other.nearestGoalAt].filter((goal) => goal !== null);
  return {
    ...one,
    open: one.open + other.open,
    unassigned: one.unassigned + other.unassigned,
    due: one.due + other.due,
    overdue: one.overdue + other.overdue,
    pended: one.pended + other.pended,
    unworkable: one.unworkable + other.unworkable,
    nearestGoalAt: goals.toSorted()[0] ?? null,
  };
}
