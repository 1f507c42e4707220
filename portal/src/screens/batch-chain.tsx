/** Why a file is void, and the files that took each other's place. */
import { Link } from "@tanstack/react-router";

import type { BatchDetails } from "../api/batch-types.ts";
import { actorWords } from "../ui/actors.ts";
import { FileBadge } from "../ui/badge.tsx";
import { Panel } from "../ui/panel.tsx";
import { inWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

export function BatchChain({ file }: { readonly file: BatchDetails }) {
  const { chain, voided } = file;
  if (chain.length < 2 && voided === null) return null;
  return (
    <Panel title="Chain of regenerations">
      <div className={ui["stack"]}>
        {voided === null ? null : <Voided voided={voided} />}
        {chain.length < 2 ? null : (
          <ol className={ui["stack"]}>
            {chain.map((one) => (
              <li key={one.id} className={ui["row"]}>
                <FileBadge state={one.state} />
                <Place file={file} one={one} />
              </li>
            ))}
          </ol>
        )}
      </div>
    </Panel>
  );
}

function Voided({ voided }: { readonly voided: NonNullable<BatchDetails["voided"]> }) {
  const { by, secondedBy, reason } = voided;
  return (
    <div>
      <p>
        <strong>{inWords(voided.statement)}</strong>
        {by === null ? "" : `, says ${actorWords(by)}`}
        {secondedBy === null ? "" : `, and so does ${actorWords(secondedBy)}`}
        {reason === null ? "" : ":"}
      </p>
      {reason === null ? null : <p>{reason}</p>}
    </div>
  );
}

function Place(props: {
  readonly file: BatchDetails;
  readonly one: BatchDetails["chain"][number];
}) {
  const { file, one } = props;
  const sequence = `Sequence ${one.sequence}`;
  if (one.id === file.id) return <strong>{sequence}, this file</strong>;
  return (
    <span>
      <Link to="/batches/$batch" params={{ batch: one.id }}>
        {sequence}
      </Link>
      {one.id === file.supersededBy ? ", the file that took its place" : null}
      {one.id === file.supersedes ? ", the file whose place it takes" : null}
    </span>
  );
}
