/** Batches: which files were made, with what, and what became of each. */
import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { FileStack } from "lucide-react";

import { batchesQuery } from "../api/queries.ts";
import type { BatchFile } from "../api/batch-types.ts";
import { BatchTabs } from "../parts/batch-tabs.tsx";
import { RunningGenerations } from "../parts/running-generations.tsx";
import { useBatchClients, useClient, useClientName } from "../parts/clients.ts";
import { Answer, Empty } from "../ui/answers.tsx";
import { FileBadge, When } from "../ui/badge.tsx";
import { Amount } from "../ui/money.tsx";
import { Page, Panel, Table } from "../ui/panel.tsx";
import ui from "../ui/ui.module.css";

const route = getRouteApi("/inside/batches");

export function Batches() {
  const { profile } = route.useSearch();
  const client = useClient();
  const query = useInfiniteQuery(batchesQuery({ client, profile }));
  const mayGenerate = useBatchClients().length > 0;
  return (
    <Page
      title="Batches"
      lead={
        profile === undefined ? (
          "Accounting files, the newest first."
        ) : (
          <>
            Files of {profile}. <Link to="/batches">Show all profiles</Link>
          </>
        )
      }
      actions={
        mayGenerate ? (
          <Link to="/administration" search={{ do: "generate" }}>
            Generate Accounting File(s)
          </Link>
        ) : undefined
      }
    >
      <BatchTabs />
      <RunningGenerations />
      <Panel flush>
        <Answer query={query} what="the batches">
          {(data) => (
            <FileTable files={data.pages.flatMap((page) => page.items)} hasBatch={mayGenerate} />
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

function FileTable(props: { readonly files: readonly BatchFile[]; readonly hasBatch: boolean }) {
  const { files, hasBatch } = props;
  const nameOf = useClientName();
  if (files.length === 0) {
    return (
      <Empty title="No files yet" icon={FileStack}>
        <p>
          A file is made at each cut-off of a client's batch profile, when something is pending.
          {hasBatch ? " Generate Accounting File(s) makes one at once." : ""}
        </p>
      </Empty>
    );
  }
  return (
    <Table label="Batch files">
      <thead>
        <tr>
          <th>File</th>
          <th>State</th>
          <th>Client</th>
          <th>Posting date</th>
          <th data-number>Adjustments</th>
          <th data-number>Debits</th>
          <th data-number>Credits</th>
          <th>Made</th>
        </tr>
      </thead>
      <tbody>
        {files.map((file) => (
          <tr key={file.id}>
            <td>
              <Link className={ui["link"]} to="/batches/$batch" params={{ batch: file.id }}>
                {file.fileName}
              </Link>
              <div className={ui["soft"]}>
                {file.profile}, sequence {file.sequence}, {file.marker}
              </div>
            </td>
            <td>
              <FileBadge state={file.state} />
            </td>
            <td>{nameOf(file.client)}</td>
            <td data-day>{file.postingDate}</td>
            <td data-number>{file.totals.adjustments.toLocaleString("en-US")}</td>
            <td data-number>
              <Amount money={file.totals.debits.amount} />
            </td>
            <td data-number>
              <Amount money={file.totals.credits.amount} />
            </td>
            <td>
              <When at={file.createdAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
