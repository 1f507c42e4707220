/** Several requests decided at once, as a job of the server with what became of each. */
import { Button, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import type { Approval } from "../api/approval-types.ts";
import { useSend } from "../api/commands.ts";
import { newKey } from "../api/http.ts";
import type { Job } from "../api/service-types.ts";
import { plural } from "../parts/service-looks.ts";
import { Done, ProblemNote } from "../ui/answers.tsx";
import { Panel } from "../ui/panel.tsx";
import ui from "../ui/ui.module.css";

export function DecideMany(props: {
  readonly chosen: readonly Approval[];
  readonly clear: () => void;
}) {
  const { chosen, clear } = props;
  const [reason, setReason] = useState("");
  const [key, setKey] = useState(newKey);
  const send = useSend<Job>();
  const decide = (approved: boolean): void => {
    const filter = {
      approved,
      ids: chosen.map((one) => one.id),
      ...(reason.trim() === "" ? {} : { reason: reason.trim() }),
    };
    const order = { path: "/jobs", body: { kind: "decideApprovals", filter } };
    send.mutate(
      { ...order, key: `${key}-${String(approved)}` },
      {
        onSuccess: () => {
          clear();
          setReason("");
          setKey(newKey());
        },
      },
    );
  };
  const isBusy = send.isPending || chosen.length === 0;
  return (
    <Panel title="Decide on several" note={`${plural(chosen.length, "request")} chosen`}>
      <div className={ui["stack"]}>
        <TextInput
          label="Reason"
          description="Needed to decline; kept with each of them."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <div className={ui["row"]}>
          <Button disabled={isBusy} onClick={() => decide(true)}>
            Approve {chosen.length === 0 ? "" : chosen.length}
          </Button>
          <Button
            variant="default"
            disabled={isBusy || reason.trim() === ""}
            onClick={() => decide(false)}
          >
            Decline {chosen.length === 0 ? "" : chosen.length}
          </Button>
          <span className={ui["soft"]}>
            {chosen.length === 0 ? "Choose some below; each is judged by itself." : null}
          </span>
        </div>
        {send.data === undefined ? null : (
          <Done title="The server decides on them">
            <Link to="/jobs/$job" params={{ job: send.data.id }}>
              What becomes of each
            </Link>
          </Done>
        )}
        {send.error === null ? null : <ProblemNote error={send.error} />}
      </div>
    </Panel>
  );
}
