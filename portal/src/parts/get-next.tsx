/** Get Next Work: the server picks, by urgency, nearest goal and amount, and it is one's own. */
import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { useSend } from "../api/commands.ts";
import type { Assignment } from "../api/types.ts";
import { ProblemNote } from "../ui/answers.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";
import ui from "../ui/ui.module.css";

import { useClient } from "./clients.ts";

export function GetNext({ queue }: { readonly queue?: string | undefined }) {
  const navigate = useNavigate();
  const client = useClient();
  const send = useSend<Assignment | null>();
  const [isNone, setNone] = useState(false);
  const next = (): void => {
    setNone(false);
    send.mutate(
      { path: "/assignments/next", body: { client, queue } },
      {
        onSuccess: (assignment) => {
          if (assignment === null) return setNone(true);
          return void navigate({
            to: "/queues",
            search: {
              ...(client === undefined ? {} : { client }),
              ...(queue === undefined ? {} : { queue }),
              assignment: assignment.id,
            },
          });
        },
      },
    );
  };
  useShortcuts("Work", [{ keys: "n", label: "Get next", run: next }]);
  return (
    <div>
      <Button
        onClick={next}
        disabled={send.isPending}
        rightSection={<kbd className={ui["key"]}>n</kbd>}
      >
        {send.isPending ? "Getting…" : "Get next"}
      </Button>
      <div aria-live="polite">
        {isNone ? <p className={ui["soft"]}>Nothing waits that you may work.</p> : null}
        {send.error === null ? null : <ProblemNote error={send.error} />}
      </div>
    </div>
  );
}
