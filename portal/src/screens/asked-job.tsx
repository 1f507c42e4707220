/** A job that was asked for just now: how far it is, and the way to what became of each item. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { isOver, jobQuery } from "../api/service-queries.ts";
import { JobProgress } from "../parts/job-progress.tsx";
import forms from "../parts/parts.module.css";
import { JOB_LOOKS } from "../parts/service-looks.ts";
import { Answer } from "../ui/answers.tsx";
import { Badge } from "../ui/badge.tsx";
import ui from "../ui/ui.module.css";

import { CancelJob } from "./cancel-job.tsx";
export function AskedJob(props: {
  readonly id: string;
  /** What the button says that begins another one when this one is over. */
  readonly anew: string;
  readonly again: () => void;
}) {
  const { id, anew, again } = props;
  const query = useQuery(jobQuery(id));
  return (
    <div className={forms["form"]} role="status">
      <Answer query={query} what="the job">
        {(job) => (
          <>
            <div className={ui["row"]}>
              <h3>{job.label}</h3>
              <Badge look={JOB_LOOKS[job.state]} />
            </div>
            <JobProgress job={job} />
            <div className={ui["row"]}>
              <Link to="/jobs/$job" params={{ job: id }}>
                What became of each
              </Link>
              {isOver(job) ? (
                <Button variant="default" onClick={again}>
                  {anew}
                </Button>
              ) : (
                <CancelJob job={job} />
              )}
            </div>
          </>
        )}
      </Answer>
    </div>
  );
}
