/**
 * One file end to end: totals, hash, where it went, its lines, its bytes, its place in the chain.
 */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";

import { batchQuery } from "../api/queries.ts";
import type { BatchDetails } from "../api/batch-types.ts";
import { useBatchClients, useClientName } from "../parts/clients.ts";
import { actorWords } from "../ui/actors.ts";
import { Answer } from "../ui/answers.tsx";
import { FileBadge } from "../ui/badge.tsx";
import { Amount } from "../ui/money.tsx";
import { Facts, Page, Panel } from "../ui/panel.tsx";
import { showInstant } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

import { BatchAcknowledgement } from "./batch-acknowledgement.tsx";
import { BatchChain } from "./batch-chain.tsx";
import { BatchContent } from "./batch-content.tsx";
import { BatchLines } from "./batch-lines.tsx";
import { BatchHashes } from "./batch-hashes.tsx";
import { BatchStatements } from "./batch-statements.tsx";
import { BatchTransmissions } from "./batch-transmissions.tsx";
import { BatchTrouble } from "./batch-trouble.tsx";
import { possibleFates } from "./fates.ts";
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
  const mayBeMadeAgain = hasBatch && possibleFates(file.state).length > 0;
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
          {mayBeMadeAgain ? (
            <Link to="/administration" search={{ do: "regenerate", file: file.id }}>
              Regenerate Accounting Batch
            </Link>
          ) : null}
        </>
      }
    >
      <BatchTrouble file={file} mayBeMadeAgain={mayBeMadeAgain} />
      {file.release === "waiting" ? <WaitsForRelease /> : null}
      <BatchChain file={file} />
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
            <BatchTransmissions file={file} />
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
          ["Size", `${file.sizeBytes.toLocaleString("en-US")} bytes`],
          ["Posting date", file.postingDate],
          ["Made", `${showInstant(file.createdAt)} by ${actorWords(file.createdBy)}`],
          ["Handed over", file.handedOverAt === null ? null : showInstant(file.handedOverAt)],
          ["Acknowledged", file.acknowledgedAt === null ? null : showInstant(file.acknowledgedAt)],
        ]}
      />
      <div>
        <div className={ui["soft"]}>Hash total</div>
        <div className={`${ui["mono"]} ${css["hash"]}`}>{totals.hashTotal}</div>
      </div>
      <BatchHashes file={file} />
    </div>
  );
}
