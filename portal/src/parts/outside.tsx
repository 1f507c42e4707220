/** What was done outside for an adjustment: calls of the service, lines in files, executions. */
import { Link } from "@tanstack/react-router";

import type { Adjustment, Attempt } from "../api/types.ts";
import { FileBadge, When, WordBadge } from "../ui/badge.tsx";
import { Table } from "../ui/panel.tsx";
import type { Tone } from "../ui/states.ts";
import { inWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

const OUTCOME_TONES: Readonly<Record<string, Tone>> = {
  posted: "good",
  alreadyPosted: "good",
  refused: "bad",
  refusedOverridable: "bad",
  notProcessed: "warn",
  unknown: "warn",
};

export function Outside({ adjustment }: { readonly adjustment: Adjustment }) {
  const { attempts, batchLines, executions } = adjustment;
  return (
    <>
      {attempts.length === 0 ? null : <Attempts attempts={attempts} />}
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

function Attempts({ attempts }: { readonly attempts: readonly Attempt[] }) {
  return (
    <>
      <h3>Calls to the system of record</h3>
      <Table label="Calls to the system of record">
        <thead>
          <tr>
            <th>When</th>
            <th>Call</th>
            <th>Outcome</th>
            <th>Answer</th>
            <th data-number>ms</th>
          </tr>
        </thead>
        <tbody>
          {attempts.map((one) => (
            <tr key={one.id}>
              <td>
                <When at={one.startedAt} />
              </td>
              <td>
                {inWords(one.purpose)} <span className={ui["soft"]}>{one.service}</span>
              </td>
              <td>
                <WordBadge tone={OUTCOME_TONES[one.outcome ?? ""] ?? "calm"}>
                  {one.outcome === null ? "Waiting for an answer" : inWords(one.outcome)}
                </WordBadge>
              </td>
              <td>{answerWords(one)}</td>
              <td data-number>{one.latencyMilliseconds}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </>
  );
}

function answerWords({ status, code, reason, reference }: Attempt): string {
  const parts = [
    status === null ? null : `HTTP ${status}`,
    code,
    reason,
    reference === null ? null : `reference ${reference}`,
  ];
  return parts.filter((part) => part !== null).join(" · ");
}
