/** One job: how far it is, and what became of each item, with the reason. */
import { NativeSelect } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { ListChecks } from "lucide-react";

import { isOver, jobItemsQuery, jobQuery } from "../api/service-queries.ts";
import type { Job as JobAnswer, JobItem } from "../api/service-types.ts";
import { useClientName } from "../parts/clients.ts";
import { JobProgress } from "../parts/job-progress.tsx";
import { JOB_LOOKS } from "../parts/service-looks.ts";
import { MoreItems } from "../parts/more-items.tsx";
import { actorWords } from "../ui/actors.ts";
import { Answer, Empty } from "../ui/answers.tsx";
import { AdjustmentBadge, Badge, WordBadge } from "../ui/badge.tsx";
import { Amount } from "../ui/money.tsx";
import { Facts, Page, Panel, Table } from "../ui/panel.tsx";
import type { Tone } from "../ui/states.ts";
import { inWords, spoken } from "../ui/states.ts";
import { showInstant } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

import { CancelJob } from "./cancel-job.tsx";
import { JobFilter } from "./jobs.tsx";

const route = getRouteApi("/inside/jobs/$job");

export function Job() {
  const { job } = route.useParams();
  const query = useQuery(jobQuery(job));
  return (
    <Answer query={query} what="the job">
      {(found) => <Shown job={found} />}
    </Answer>
  );
}

function Shown({ job }: { readonly job: JobAnswer }) {
  return (
    <Page
      title={job.label}
      lead={
        <>
          <Link to="/jobs">Jobs</Link> · <JobFilter job={job} />
        </>
      }
      actions={
        <>
          <Badge look={JOB_LOOKS[job.state]} />
          {isOver(job) ? null : <CancelJob job={job} />}
        </>
      }
    >
      <Panel title="Progress">
        <div className={ui["stack"]}>
          <JobProgress job={job} />
          <Facts
            items={[
              ["Asked by", actorWords(job.askedBy)],
              ["Asked", showInstant(job.createdAt)],
              ["Begun", job.startedAt === null ? null : showInstant(job.startedAt)],
              ["Ended", job.finishedAt === null ? null : showInstant(job.finishedAt)],
              ["Cancelled by", job.cancelledBy === null ? null : actorWords(job.cancelledBy)],
            ]}
          />
        </div>
      </Panel>
      <Items job={job} />
    </Page>
  );
}

const CHOICES = [
  ["", "All items"],
  ["done", "Done"],
  ["skipped", "Skipped"],
  ["failed", "Failed"],
  ["open", "Not begun"],
] as const;

function Items({ job }: { readonly job: JobAnswer }) {
  const { outcome } = route.useSearch();
  const navigate = useNavigate({ from: "/jobs/$job" });
  const query = useInfiniteQuery(jobItemsQuery(job.id, outcome, !isOver(job)));
  return (
    <Panel
      title="Items"
      note="as they matched when it was asked for"
      actions={
        <NativeSelect
          size="xs"
          aria-label="Which items"
          value={outcome ?? ""}
          data={CHOICES.map(([value, label]) => ({ value, label }))}
          onChange={(event) => {
            const chosen = event.currentTarget.value || undefined;
            void navigate({ search: (before) => ({ ...before, outcome: chosen }) });
          }}
        />
      }
      flush
    >
      <Answer query={query} what="the items">
        {(data) => <ItemTable items={data.pages.flatMap((page) => page.items)} />}
      </Answer>
      <MoreItems query={query} what="items" />
    </Panel>
  );
}

function ItemLink({ item }: { readonly item: JobItem }) {
  const { approval, claim, client, dispute, summary } = item;
  if (approval !== null) {
    return (
      <Link className={ui["link"]} to="/approvals/$approval" params={{ approval }}>
        {spoken(summary ?? "")}
      </Link>
    );
  }
  if (claim === null) return null;
  return (
    <Link
      className={ui["link"]}
      to="/cases/$client/$claim"
      params={{ client, claim }}
      search={dispute === null ? {} : { dispute }}
    >
      {dispute ?? claim}
    </Link>
  );
}

const TONES: Readonly<Record<string, Tone>> = { done: "good", skipped: "warn", failed: "bad" };

function ItemTable({ items }: { readonly items: readonly JobItem[] }) {
  const nameOf = useClientName();
  if (items.length === 0) {
    return (
      <Empty title="No such item" icon={ListChecks}>
        <p>Skipped is what moved on meanwhile, or was not for whoever asked to do.</p>
      </Empty>
    );
  }
  return (
    <Table label="Items of the job">
      <thead>
        <tr>
          <th data-number>No.</th>
          <th>Dispute</th>
          <th data-number>Amount</th>
          <th>What became of it</th>
          <th>Why</th>
          <th>State now</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr key={item.ordinal}>
            <td data-number>{item.ordinal}</td>
            <td>
              <ItemLink item={item} />
              <div className={ui["soft"]}>{nameOf(item.client)}</div>
            </td>
            <td data-number>
              <Amount money={item.amount} />
            </td>
            <td>
              <WordBadge tone={TONES[item.outcome ?? ""] ?? "calm"}>
                {item.outcome === null ? "Not begun" : inWords(item.outcome)}
              </WordBadge>
            </td>
            <td>
              {item.reason}
              {item.code === null ? null : (
                <div className={ui["soft"]}>
                  <code>{item.code}</code>
                </div>
              )}
            </td>
            <td>{item.state === null ? null : <AdjustmentBadge state={item.state} />}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
