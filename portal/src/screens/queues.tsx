/** Queues: what waits where, the grid of one queue, and the chosen assignment beside it. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { ArrowLeft, X } from "lucide-react";

import { queuesQuery } from "../api/queries.ts";
import { AssignmentDetail } from "../parts/assignment-detail.tsx";
import { useClient } from "../parts/clients.ts";
import { Answer } from "../ui/answers.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";

import { QueueGrid } from "./queue-grid.tsx";
import { QueueList } from "./queue-list.tsx";
import css from "./screens.module.css";

const route = getRouteApi("/inside/queues");

export function Queues() {
  const { queue, assignment, action, assignee } = route.useSearch();
  const client = useClient();
  const navigate = useNavigate({ from: "/queues" });
  const queues = useQuery(queuesQuery(client));
  const close = (): void =>
    void navigate({
      search: (before) => ({ ...before, assignment: undefined, action: undefined }),
    });
  useShortcuts("Queues", [{ keys: "x", label: "Close the detail", run: close }]);
  return (
    <div
      className={css["work"]}
      data-open={assignment === undefined ? undefined : true}
      data-queue={queue === undefined && assignee === undefined ? undefined : true}
    >
      <Answer query={queues} what="the queues">
        {(all) => <QueueList queues={all} queue={queue} assignee={assignee} />}
      </Answer>
      <QueueGrid queue={queue} assignee={assignee} chosen={assignment} />
      {assignment === undefined ? null : (
        <aside className={css["detailPane"]} aria-label="Assignment" tabIndex={0}>
          <div className={css["paneTop"]}>
            <Button
              variant="subtle"
              onClick={close}
              leftSection={<ArrowLeft size={14} aria-hidden />}
            >
              Back to the queue
            </Button>
            <Button variant="subtle" onClick={close} aria-label="Close the detail">
              <X size={15} aria-hidden />
            </Button>
          </div>
          <AssignmentDetail
            id={assignment}
            action={action}
            choose={(name) =>
              void navigate({ search: (before) => ({ ...before, action: name }), replace: true })
            }
          />
        </aside>
      )}
    </div>
  );
}
