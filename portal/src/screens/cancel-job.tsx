/** Cancels what of a job has not begun: the undo of a bulk action. */
import { Button } from "@mantine/core";

import { useSend } from "../api/commands.ts";
import type { Job } from "../api/service-types.ts";
import { useRight } from "../parts/rights.ts";
import { ProblemNote } from "../ui/answers.tsx";

export function CancelJob({ job }: { readonly job: Job }) {
  const send = useSend<Job>();
  const mayCancel = useRight("service:retry");
  return (
    <>
      <Button
        color="red"
        variant="light"
        disabled={!mayCancel || send.isPending}
        title={mayCancel ? undefined : "Your role does not allow this"}
        onClick={() => send.mutate({ path: `/jobs/${job.id}/cancellation` })}
      >
        {send.isPending ? "Cancelling…" : `Cancel the rest`}
      </Button>
      {send.error === null ? null : <ProblemNote error={send.error} />}
    </>
  );
}
