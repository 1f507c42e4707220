/** One return file: its own totals against what was counted, its faults, its lines, decisions. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";

import { returnQuery } from "../api/return-queries.ts";
import type { ReturnDetails } from "../api/return-types.ts";
import { useClientName } from "../parts/clients.ts";
import { RETURN_LOOKS } from "../parts/return-looks.ts";
import { actorWords } from "../ui/actors.ts";
import { Answer } from "../ui/answers.tsx";
import { Badge, When } from "../ui/badge.tsx";
import { Facts, Page, Panel, Table } from "../ui/panel.tsx";
import { inWords } from "../ui/states.ts";
import { showInstant } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

import { ReturnDecision } from "./return-decision.tsx";
import { ReturnLines } from "./return-lines.tsx";
import { ReturnCounts, ReturnTotals } from "./return-totals.tsx";
import css from "./screens.module.css";

const route = getRouteApi("/inside/batches/returns/$return");

export function ReturnPage() {
  const query = useQuery(returnQuery(route.useParams().return));
  return (
    <Answer query={query} what="the return file">
      {(file) => <Shown file={file} />}
    </Answer>
  );
}

function Shown({ file }: { readonly file: ReturnDetails }) {
  const nameOf = useClientName();
  return (
    <Page
      title={file.name}
      lead={
        <>
          <Link to="/batches/returns">Return files</Link>
          {` · ${nameOf(file.client)} · ${file.profile} · `}
          {file.format}
        </>
      }
      actions={<Badge look={RETURN_LOOKS[file.state]} />}
    >
      <Standing file={file} />
      <ReturnCounts file={file} />
      <div className={css["columns"]}>
        <Panel title="About the file">
          <About file={file} />
        </Panel>
        <Panel title="Its own totals" note="said by its sender, counted by us" flush>
          <ReturnTotals file={file} />
        </Panel>
      </div>
      {file.faults.length === 0 ? null : <Faults file={file} />}
      {file.lines === 0 ? null : <ReturnLines file={file} />}
      {file.decisions.length === 0 ? null : <Decisions file={file} />}
    </Page>
  );
}

/** What holds it, and the way out. */
function Standing({ file }: { readonly file: ReturnDetails }) {
  const needsPerson = file.state === "held" || file.state === "refused";
  return (
    <>
      {file.problem === null ? null : <p className={ui["problem"]}>{file.problem}</p>}
      {file.duplicateOf === null ? null : (
        <p className={ui["quiet"]}>
          It calls itself what{" "}
          <Link to="/batches/returns/$return" params={{ return: file.duplicateOf }}>
            an earlier file
          </Link>{" "}
          called itself, which was taken.
        </p>
      )}
      {needsPerson ? <ReturnDecision key={file.version} file={file} /> : null}
    </>
  );
}

function About({ file }: { readonly file: ReturnDetails }) {
  return (
    <div className={ui["stack"]}>
      <Facts
        items={[
          ["Calls itself", file.identity],
          ["Lines", file.lines.toLocaleString("en-US")],
          ["Size", `${file.sizeBytes.toLocaleString("en-US")} bytes`],
          ["Came by", inWords(file.source)],
          ["Received", `${showInstant(file.receivedAt)} by ${actorWords(file.receivedBy)}`],
          ["Settled", file.finishedAt === null ? null : showInstant(file.finishedAt)],
        ]}
      />
      <div>
        <div className={ui["soft"]}>SHA-256</div>
        <div className={`${ui["mono"]} ${css["hash"]}`}>{file.sha256}</div>
      </div>
      {file.repeats.length === 0 ? null : (
        <div>
          <div className={ui["soft"]}>The same bytes came again, and changed nothing</div>
          <ul>
            {file.repeats.map((one) => (
              <li key={one.receivedAt}>
                {one.name}, {inWords(one.source).toLowerCase()} by {actorWords(one.by)},{" "}
                <When at={one.receivedAt} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

function Faults({ file }: { readonly file: ReturnDetails }) {
  return (
    <Panel title="Faults" note="a file with any fault is refused whole" flush>
      <Table label="Faults">
        <thead>
          <tr>
            <th data-number>Line</th>
            <th>Place</th>
            <th>Reason</th>
          </tr>
        </thead>
        <tbody>
          {file.faults.map((fault) => (
            <tr key={`${fault.line} ${fault.place} ${fault.reason}`}>
              <td data-number>{fault.line ?? "–"}</td>
              <td>{fault.place}</td>
              <td>{fault.reason}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

function Decisions({ file }: { readonly file: ReturnDetails }) {
  return (
    <Panel title="What persons decided" flush>
      <Table label="Decisions">
        <thead>
          <tr>
            <th>About</th>
            <th>Decision</th>
            <th>Reason</th>
            <th>By</th>
            <th>When</th>
          </tr>
        </thead>
        <tbody>
          {file.decisions.map((one) => (
            <tr key={`${one.at} ${one.line}`}>
              <td>{one.line === null ? "the file" : `line ${one.line}`}</td>
              <td>{inWords(one.decision)}</td>
              <td>{one.reason}</td>
              <td>{actorWords(one.by)}</td>
              <td>
                <When at={one.at} />
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}
