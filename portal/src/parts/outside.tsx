/** What was done outside for an adjustment: calls of the service, lines in files, executions. */
import { Link } from "@tanstack/react-router";

import type { Adjustment } from "../api/types.ts";
import { FileBadge, When } from "../ui/badge.tsx";
import { inWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

import { Attempts } from "./attempts.tsx";

export function Outside({ adjustment }: { readonly adjustment: Adjustment }) {
  const { attempts, batchLines, executions } = adjustment;
  return (
    <>
      {attempts.length === 0 ? null : <Attempts attempts={attempts} />}
      {adjustment.route === "AUTO" && adjustment.destination !== null ? (
        <p>
          <Link
            to="/services/$of/$service"
            params={{ of: adjustment.client, service: adjustment.destination }}
            search={{ tab: "tests", adjustment: adjustment.id }}
          >
            Show the request that {adjustment.destination} would get now
          </Link>
        </p>
      ) : null}
      {batchLines.length === 0 ? null : (
        <>
          <h3>In files</h3>
          <ul className={ui["stack"]}>
            {batchLines.map((one) => (
              <li key={one.batch} className={ui["row"]}>
                <Link className={ui["link"]} to="/batches/$batch" params={{ batch: one.batch }}>
                  File {one.sequence}, line {one.line}
                </Link>
                <FileBadge state={one.fileState} />
                {one.outcome === null ? null : <span>{inWords(one.outcome)}</span>}
              </li>
            ))}
          </ul>
        </>
      )}
      {executions.length === 0 ? null : (
        <>
          <h3>Money moved</h3>
          <ul className={ui["stack"]}>
            {executions.map((one) => (
              <li key={`${one.recordedAt} ${one.sign} ${one.reference ?? ""}`}>
                {one.sign < 0 ? "Came back" : inWords(one.basis)} on {one.postingDate}
                {one.reference === null ? "" : `, reference ${one.reference}`}
                <span className={ui["soft"]}>
                  {" "}
                  · {one.actor}, <When at={one.recordedAt} />
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
