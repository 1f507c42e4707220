/** What stopped a file on its way, and the ways out of it. */
import { Link } from "@tanstack/react-router";

import type { BatchDetails } from "../api/batch-types.ts";
import { withInstants } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

export function BatchTrouble(props: {
  readonly file: BatchDetails;
  /** There is something that Regenerate Accounting Batch could do. */
  readonly mayBeMadeAgain: boolean;
}) {
  const { file, mayBeMadeAgain } = props;
  const { problem, state } = file;
  const isUntold = state === "deliveryUnknown";
  if (problem === null && !isUntold) return null;
  return (
    <div className={ui["problem"]}>
      {problem === null ? null : <p>{capital(withInstants(problem))}</p>}
      {isUntold ? (
        <p>
          <strong>What to do:</strong> whether it arrived is not known, and nothing is sent again by
          itself. Look at the destination, or ask there. It was processed: say so below, under
          Acknowledgement, or bring its answer in under{" "}
          <Link to="/batches/returns">Return files</Link>. It is not there:{" "}
          {mayBeMadeAgain ? <Again file={file} /> : "Regenerate Accounting Batch"} sends the very
          same file again, or makes a new one.
        </p>
      ) : null}
      {state === "transmissionFailed" ? (
        <p>
          <strong>What to do:</strong> it is proven not to be there. Put the way right, then{" "}
          {mayBeMadeAgain ? <Again file={file} /> : "Regenerate Accounting Batch"} sends the very
          same file again.
        </p>
      ) : null}
    </div>
  );
}

function Again({ file }: { readonly file: BatchDetails }) {
  return (
    <Link to="/administration" search={{ do: "regenerate", file: file.id }}>
      Regenerate Accounting Batch
    </Link>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
