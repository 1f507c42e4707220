/** Return files: what destinations answered, what needs a person, and a way to bring one in. */
import { Button, NativeSelect } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { FileInput } from "lucide-react";

import { returnsQuery } from "../api/return-queries.ts";
import type { ReturnFile } from "../api/return-types.ts";
import { BatchTabs } from "../parts/batch-tabs.tsx";
import { useClient, useClientName } from "../parts/clients.ts";
import { RETURN_LOOKS, WAIT_WORDS } from "../parts/return-looks.ts";
import { actorWords } from "../ui/actors.ts";
import { Answer, Empty } from "../ui/answers.tsx";
import { Badge, When } from "../ui/badge.tsx";
import { Page, Panel, Table } from "../ui/panel.tsx";
import { inWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

import { BatchAlarms } from "./batch-alarms.tsx";
import { ReturnUpload } from "./return-upload.tsx";

const WAITING = "waits:";
const CHOICES = [
  { value: "", label: "All states" },
  {
    group: "That wait",
    items: [
      { value: `${WAITING}any`, label: "All that wait" },
      ...Object.entries(WAIT_WORDS).map(([value, label]) => ({
        value: `${WAITING}${value}`,
        label,
      })),
    ],
  },
  {
    group: "By state",
    items: Object.entries(RETURN_LOOKS).map(([value, { word }]) => ({ value, label: word })),
  },
];

const route = getRouteApi("/inside/batches/returns");

export function Returns() {
  const { state, waits } = route.useSearch();
  const client = useClient();
  const navigate = useNavigate({ from: "/batches/returns" });
  const query = useInfiniteQuery(returnsQuery({ client, state, waits }));
  return (
    <Page
      title="Return files"
      lead="What destinations answer, line by line. What does not fit exactly moves no money."
    >
      <BatchTabs />
      <BatchAlarms />
      <ReturnUpload />
      <Panel
        title="Taken in"
        note="the newest first"
        actions={
          <NativeSelect
            aria-label="State"
            value={waits === undefined ? (state ?? "") : `${WAITING}${waits}`}
            data={CHOICES}
            onChange={(event) => {
              const chosen = event.currentTarget.value;
              const search = chosen.startsWith(WAITING)
                ? { state: undefined, waits: chosen.slice(WAITING.length) }
                : { state: chosen || undefined, waits: undefined };
              void navigate({ search: (before) => ({ ...before, ...search }) });
            }}
          />
        }
        flush
      >
        <Answer query={query} what="the return files">
          {(data) => (
            <Files
              files={data.pages.flatMap((page) => page.items)}
              isFiltered={state !== undefined || waits !== undefined}
            />
          )}
        </Answer>
      </Panel>
      {query.hasNextPage ? (
        <div>
          <Button variant="default" onClick={() => void query.fetchNextPage()}>
            More
          </Button>
        </div>
      ) : null}
    </Page>
  );
}

function Files(props: { readonly files: readonly ReturnFile[]; readonly isFiltered: boolean }) {
  const nameOf = useClientName();
  if (props.files.length === 0) return <NoFiles isFiltered={props.isFiltered} />;
  return (
    <Table label="Return files">
      <thead>
        <tr>
          <th>File</th>
          <th>State</th>
          <th>Client</th>
          <th data-number>Lines</th>
          <th>Came by</th>
          <th>Received</th>
        </tr>
      </thead>
      <tbody>
        {props.files.map((file) => (
          <tr key={file.id}>
            <td>
              <Link
                className={ui["link"]}
                to="/batches/returns/$return"
                params={{ return: file.id }}
              >
                {file.name}
              </Link>
              <div className={ui["soft"]}>
                {file.profile}, {file.format}
                {file.identity === null ? "" : `, calls itself ${file.identity}`}
              </div>
            </td>
            <td>
              <Badge look={RETURN_LOOKS[file.state]} />
              {file.waits === null ? null : <div>{WAIT_WORDS[file.waits]}</div>}
              {file.problem === null ? null : <div className={ui["soft"]}>{file.problem}</div>}
            </td>
            <td>{nameOf(file.client)}</td>
            <td data-number>{file.lines.toLocaleString("en-US")}</td>
            <td>
              {inWords(file.source)}
              <div className={ui["soft"]}>{actorWords(file.receivedBy)}</div>
            </td>
            <td>
              <When at={file.receivedAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function NoFiles({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <Empty title="None in this state" icon={FileInput}>
        <p>
          <Link to="/batches/returns">Show all states</Link>
        </p>
      </Empty>
    );
  }
  return (
    <Empty title="No answer has come yet" icon={FileInput}>
      <p>
        An acknowledgement, a return file or a statement comes by itself where the profile's{" "}
        <code>returnFile</code> names a place to pick up from, or is brought in above. The same
        bytes count once, however often they come.
      </p>
    </Empty>
  );
}
