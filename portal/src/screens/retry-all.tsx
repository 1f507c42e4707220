/**
 * Retry all that failed, as a job of the server. *Apply* says how many that would be now; *Process
 * Actions* writes them down and begins. What has not begun can be cancelled at any time.
 */
import { Button, NativeSelect } from "@mantine/core";
import { useState } from "react";

import { useSend } from "../api/commands.ts";
import { newKey } from "../api/http.ts";
import type { OneService } from "../api/service-queries.ts";
import type { Job } from "../api/service-types.ts";
import forms from "../parts/parts.module.css";
import { plural } from "../parts/service-looks.ts";
import { ProblemNote } from "../ui/answers.tsx";
import { ProcessActions } from "../ui/process-actions.tsx";
import ui from "../ui/ui.module.css";
import { useFocusInside } from "../ui/use-focus-inside.ts";

import { AskedJob } from "./asked-job.tsx";

const KIND = "retryFailedServiceCalls";

export function RetryAll(props: {
  readonly service: OneService;
  readonly codes: readonly string[];
}) {
  const { service, codes } = props;
  const place = useFocusInside<HTMLDivElement>();
  const [code, setCode] = useState("");
  const [key, setKey] = useState("");
  const preview = useSend<{ readonly matches: number }>();
  const send = useSend<Job>();
  const filter = {
    client: service.client,
    service: service.name,
    ...(code === "" ? {} : { code }),
  };
  const body = { kind: KIND, filter };
  const again = (): void => {
    preview.reset();
    send.reset();
  };
  if (send.data !== undefined)
    return <AskedJob anew="Retry again" id={send.data.id} again={again} />;
  const matches = preview.data?.matches;
  return (
    <div ref={place} className={forms["form"]}>
      <NativeSelect
        label="Which of them?"
        description={
          "What failed is made due again, each with a fresh key where it was refused. " +
          "Rate, concurrency and circuit stay: nothing is stormed."
        }
        value={code}
        data={[
          { value: "", label: "All that failed here" },
          ...codes.map((one) => ({ value: one, label: `Only ${one}` })),
        ]}
        onChange={(event) => {
          again();
          setCode(event.currentTarget.value);
        }}
      />
      {matches === undefined ? (
        <div>
          <Button
            disabled={preview.isPending}
            onClick={() => {
              setKey(newKey());
              preview.mutate({ path: "/jobs", body, query: { dryRun: true } });
            }}
          >
            {preview.isPending ? "Counting…" : "Apply"}
          </Button>
        </div>
      ) : (
        <Review
          matches={matches}
          isSending={send.isPending}
          process={() => send.mutate({ path: "/jobs", body, key })}
          back={again}
        />
      )}
      {preview.error === null ? null : <ProblemNote error={preview.error} />}
      {send.error === null ? null : <ProblemNote error={send.error} />}
    </div>
  );
}

function Review(props: {
  readonly matches: number;
  readonly isSending: boolean;
  readonly process: () => void;
  readonly back: () => void;
}) {
  const { matches, isSending } = props;
  return (
    <div className={forms["review"]} role="status">
      <p>
        {matches === 0
          ? "Nothing matches now."
          : `${plural(matches, "movement")} would be retried. What fails later is not touched.`}
      </p>
      <div className={ui["row"]}>
        <ProcessActions
          process={props.process}
          isSending={isSending}
          doing="Asking…"
          disabled={matches === 0}
        />
        <Button variant="default" onClick={props.back}>
          Change
        </Button>
      </div>
    </div>
  );
}
