/** Jobs: bulk actions that the server does, the newest first, each with its progress. */
import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ListChecks } from "lucide-react";

import { isOver, jobsQuery } from "../api/service-queries.ts";
import type { Job } from "../api/service-types.ts";
import { useClientName } from "../parts/clients.ts";
import { JobProgress } from "../parts/job-progress.tsx";
import { jobWords } from "../parts/job-words.ts";
import { JOB_LOOKS } from "../parts/service-looks.ts";
import { actorWords } from "../ui/actors.ts";
import { Answer, Empty } from "../ui/answers.tsx";
import { Badge, When } from "../ui/badge.tsx";
import { Page, Panel, Table } from "../ui/panel.tsx";
import ui from "../ui/ui.module.css";

import { CancelJob } from "./cancel-job.tsx";

export function Jobs() {
  const query = useInfiniteQuery(jobsQuery);
  const { hasNextPage, fetchNextPage } = query;
  return (
    <Page title="Jobs" lead="One action over everything that matched when it was asked for.">
      <Panel flush>
        <Answer query={query} what="the jobs">
          {(data) => <JobTable jobs={data.pages.flatMap((page) => page.items)} />}
        </Answer>
      </Panel>
      {hasNextPage ? (
        <div>
          <Button variant="default" onClick={() => void fetchNextPage()}>
            More
          </Button>
        </div>
      ) : null}
    </Page>
  );
}

function JobTable({ jobs }: { readonly jobs: readonly Job[] }) {
  if (jobs.length === 0) {
    return (
      <Empty title="No job has been asked for" icon={ListChecks}>
        <p>
          After an outage hundreds of movements may wait. <em>Retry all</em> on the page of a{" "}
          <Link to="/services">service</Link> does them as one job: written down when you ask, done
          by the server while you go on, with what became of each, and cancelled at any time.
        </p>
      </Empty>
    );
  }
  return (
    <Table label="Jobs">
      <thead>
        <tr>
          <th>Job</th>
          <th>State</th>
          <th>Progress</th>
          <th>Asked</th>
          <th />
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <tr key={job.id}>
            <td style={{ minWidth: 170 }}>
              <Link className={ui["link"]} to="/jobs/$job" params={{ job: job.id }}>
                {job.label}
              </Link>
              <div className={ui["soft"]}>
                <JobFilter job={job} />
              </div>
            </td>
            <td>
              <Badge look={JOB_LOOKS[job.state]} />
            </td>
            <td style={{ minWidth: 240 }}>
              <JobProgress job={job} />
            </td>
            <td>
              {actorWords(job.askedBy)}
              <div className={ui["soft"]}>
                <When at={job.createdAt} />
              </div>
            </td>
            <td>{isOver(job) ? null : <CancelJob job={job} />}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** What the job was asked for, in words. */
export function JobFilter({ job }: { readonly job: Job }) {
  const nameOf = useClientName();
  const { client, ...others } = job.filter;
  const words = [
    client === undefined ? "All clients" : nameOf(String(client)),
    ...jobWords(others),
  ];
  return <>{words.join(", ")}</>;
}
