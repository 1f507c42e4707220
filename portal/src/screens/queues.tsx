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
import ui from "../ui/ui.module.css";

import { QueueAsOf } from "./queue-as-of.tsx";
import { QueueBulk } from "./queue-bulk.tsx";
import { QueueGrid } from "./queue-grid.tsx";
import { QueueList } from "./queue-list.tsx";
import css from "./screens.module.css";

const route = getRouteApi("/inside/queues");

export function Queues() {
  const { assignment, action, asOf, bulk, every, ...words } = route.useSearch();
  const { queue, assignee, workGroup, standing } = words;
  const filter = { queue, assignee, workGroup, standing };
  const client = useClient();
  const navigate = useNavigate({ from: "/queues" });
  const queues = useQuery(queuesQuery({ client, workGroup, asOf }));
  const close = (): void => {
    focusGrid();
    void navigate({
      search: (before) => ({ ...before, assignment: undefined, action: undefined }),
    });
  };
  const turn = (words: { readonly bulk?: string; readonly asOf?: string }): void =>
    void navigate({
      search: (before) => ({ ...before, bulk: undefined, asOf: undefined, ...words }),
    });
  useShortcuts("Queues", [
    { keys: "x", label: "Close the detail", run: close },
    {
      keys: "i",
      label: "As of another time",
      run: () => turn(asOf === undefined ? { asOf: new Date().toISOString() } : {}),
    },
    {
      keys: "v",
      label: "Do it to all that match",
      run: () => turn(bulk === undefined ? { bulk: "choose" } : {}),
    },
  ]);
  return (
    <div
      className={css["work"]}
      data-open={assignment === undefined ? undefined : true}
      data-queue={
        [...Object.values(filter), asOf, bulk, every].every((one) => one === undefined)
          ? undefined
          : true
      }
    >
      <Answer query={queues} what="the queues">
        {(all) => <QueueList queues={all} {...filter} />}
      </Answer>
      <QueueGrid
        filter={{ ...filter, asOf, queueKind: bulk === undefined ? undefined : "user" }}
        chosen={assignment}
        tools={
          <>
            <Tool keys="v" label="All that match" run={() => turn({ bulk: "choose" })} />
            <Tool keys="i" label="As of" run={() => turn({ asOf: new Date().toISOString() })} />
          </>
        }
      >
        {asOf === undefined ? null : <QueueAsOf asOf={asOf} filter={filter} turn={turn} />}
        {bulk === undefined ? null : (
          <QueueBulk filter={{ client, ...filter }} close={() => turn({})} />
        )}
      </QueueGrid>
      {assignment === undefined ? null : (
        <DetailPane id={assignment} action={action} close={close} />
      )}
    </div>
  );
}

/** What was beside the grid is closed: the keyboard goes on in it. */
function focusGrid(): void {
  document.querySelector<HTMLElement>("[role=grid]")?.focus();
}

function DetailPane(props: {
  readonly id: string;
  readonly action: string | undefined;
  readonly close: () => void;
}) {
  const { id, action, close } = props;
  const navigate = useNavigate({ from: "/queues" });
  return (
    <aside className={css["detailPane"]} aria-label="Assignment" tabIndex={0}>
      <div className={css["paneTop"]}>
        <Button variant="subtle" onClick={close} leftSection={<ArrowLeft size={14} aria-hidden />}>
          Back to the queue
        </Button>
        <Button variant="subtle" onClick={close} aria-label="Close the detail">
          <X size={15} aria-hidden />
        </Button>
      </div>
      <AssignmentDetail
        id={id}
        action={action}
        choose={(name) =>
          void navigate({ search: (before) => ({ ...before, action: name }), replace: true })
        }
      />
    </aside>
  );
}

function Tool({ keys, label, run }: { keys: string; label: string; run: () => void }) {
  return (
    <Button variant="default" onClick={run} rightSection={<kbd className={ui["key"]}>{keys}</kbd>}>
      {label}
    </Button>
  );
}
