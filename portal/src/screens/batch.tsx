/**
 * One file end to end: totals, hash, where it went, its lines, its bytes, its place in the chain.
 */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";

import { batchQuery } from "../api/queries.ts";
import type { BatchDetails } from "../api/batch-types.ts";
import { useBatchClients, useClientName } from "../parts/clients.ts";
import { Answer } from "../ui/answers.tsx";
import { FileBadge } from "../ui/badge.tsx";
import { Amount } from "../ui/money.tsx";
import { Facts, Page, Panel } from "../ui/panel.tsx";
import { inWords } from "../ui/states.ts";
import { showInstant } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

import { BatchAcknowledgement } from "./batch-acknowledgement.tsx";
import { BatchContent } from "./batch-content.tsx";
import { BatchLines } from "./batch-lines.tsx";
import { BatchHashes } from "./batch-hashes.tsx";
import { BatchStatements } from "./batch-statements.tsx";
import { BatchTransmissions } from "./batch-transmissions.tsx";
import css from "./screens.module.css";

const route = getRouteApi("/inside/batches/$batch");

export function Batch() {
  const { batch } = route.useParams();
  const query = useQuery(batchQuery(batch));
  return (
    <Answer query={query} what="the file">
      {(file) => <Shown file={file} />}
    </Answer>
  );
}

function Shown({ file }: { readonly file: BatchDetails }) {
  const nameOf = useClientName();
  const hasBatch = useBatchClients().some((client) => client.id === file.client);
  return (
    <Page
      title={file.fileName}
      lead={
        <>
          {nameOf(file.client)} · {file.profile} · sequence {file.sequence} · {file.marker}
        </>
      }
      actions={
        <>
          <FileBadge state={file.state} />
          {hasBatch ? (
            <Link to="/administration" search={{ do: "regenerate", file: file.id }}>
              Regenerate Accounting Batch
            </Link>
          ) : null}
        </>
      }
    >
      {file.problem === null ? null : <p className={ui["problem"]}>{file.problem}</p>}
      {file.release === "waiting" ? <WaitsForRelease /> : null}
      <Chain file={file} />
      {file.statements.length === 0 ? null : (
        <Panel title="What people said became of it">
          <BatchStatements file={file} />
        </Panel>
      )}
      <div className={css["columns"]}>
        <Panel title="Control totals" note="stored before anything left">
          <Totals file={file} />
        </Panel>
        <div className={ui["stack"]}>
          <Panel title="Acknowledgement">
            <BatchAcknowledgement file={file} />
          </Panel>
          <Panel title="Transmissions">
            <BatchTransmissions steps={file.transmissions} />
          </Panel>
        </div>
      </div>
      <BatchLines file={file} />
      <BatchContent file={file} />
    </Page>
  );
}

function WaitsForRelease() {
  return (
    <p className={ui["quiet"]}>
      It leaves when another person agrees: <Link to="/approvals">Approvals</Link> says who may.
    </p>
  );
}

function Totals({ file }: { readonly file: BatchDetails }) {
  const { totals } = file;
  return (
    <div className={ui["stack"]}>
      <Facts
        items={[
          ["Adjustments", totals.adjustments.toLocaleString("en-US")],
          ["Lines", totals.lines.toLocaleString("en-US")],
          [`Debits (${totals.debits.count})`, <Amount key="d" money={totals.debits.amount} />],
          [`Credits (${totals.credits.count})`, <Amount key="c" money={totals.credits.amount} />],
          ["Hash total", totals.hashTotal],
          ["Size", `${file.sizeBytes.toLocaleString("en-US")} bytes`],
          ["Posting date", file.postingDate],
          ["Made", `${showInstant(file.createdAt)} by ${file.createdBy}`],
          ["Handed over", file.handedOverAt === null ? null : showInstant(file.handedOverAt)],
          ["Acknowledged", file.acknowledgedAt === null ? null : showInstant(file.acknowledgedAt)],
        ]}
      />
      <BatchHashes file={file} />
    </div>
  );
}

function Chain({ file }: { readonly file: BatchDetails }) {
  const { supersedes, supersededBy, voided } = file;
  if (supersedes === null && supersededBy === null && voided === null) return null;
  return (
    <div className={ui["quiet"]}>
      {voided === null ? null : (
        <p>
          Void: {inWords(voided.statement)}, says {voided.by}
          {voided.secondedBy === null ? "" : `, and so does ${voided.secondedBy}`}. {voided.reason}
        </p>
      )}
      {supersededBy === null ? null : (
        <p>
          Superseded by{" "}
          <Link to="/batches/$batch" params={{ batch: supersededBy }}>
            the file that took its place
          </Link>
          .
        </p>
      )}
      {supersedes === null ? null : (
        <p>
          Takes the place of{" "}
          <Link to="/batches/$batch" params={{ batch: supersedes }}>
            an earlier file
          </Link>
          .
        </p>
      )}
    </div>
  );
}
