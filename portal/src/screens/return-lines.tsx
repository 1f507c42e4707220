/** The lines of a return file: what each says, what became of it, and what a person can do. */
import { Button, NativeSelect } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { ListChecks } from "lucide-react";
import { useState } from "react";

import { returnLinesQuery } from "../api/return-queries.ts";
import type { ReturnDetails, ReturnLine } from "../api/return-types.ts";
import { LINE_LOOKS, OUTCOME_WORDS } from "../parts/return-looks.ts";
import { useRight } from "../parts/rights.ts";
import { MoreItems } from "../parts/more-items.tsx";
import { actorWords } from "../ui/actors.ts";
import { Answer, Empty } from "../ui/answers.tsx";
import { Badge } from "../ui/badge.tsx";
import { Amount } from "../ui/money.tsx";
import { Panel, Table } from "../ui/panel.tsx";
import { inWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

import { ReturnLineDecision } from "./return-line-decision.tsx";
import css from "./screens.module.css";

const route = getRouteApi("/inside/batches/returns/$return");

export function ReturnLines({ file }: { readonly file: ReturnDetails }) {
  const { lines } = route.useSearch();
  const navigate = useNavigate({ from: "/batches/returns/$return" });
  const query = useInfiniteQuery(returnLinesQuery(file.id, lines));
  return (
    <Panel
      title="Lines"
      note="and what became of each"
      actions={
        <NativeSelect
          aria-label="Lines shown"
          value={lines ?? ""}
          data={[
            { value: "", label: "All lines" },
            ...Object.entries(LINE_LOOKS).map(([value, { word }]) => ({ value, label: word })),
          ]}
          onChange={(event) => {
            const chosen = event.currentTarget.value || undefined;
            void navigate({ search: (before) => ({ ...before, lines: chosen }) });
          }}
        />
      }
      flush
    >
      <Answer query={query} what="the lines">
        {(data) => <Lines file={file} items={data.pages.flatMap((page) => page.items)} />}
      </Answer>
      <MoreItems query={query} what="lines" />
    </Panel>
  );
}

function Lines(props: { readonly file: ReturnDetails; readonly items: readonly ReturnLine[] }) {
  const { file, items } = props;
  const [opened, open] = useState<number | null>(null);
  if (items.length === 0) {
    return (
      <Empty title="No such lines" icon={ListChecks}>
        <p>None of the file's lines is in this state.</p>
      </Empty>
    );
  }
  return (
    <Table label="Lines of the return file">
      <thead>
        <tr>
          <th data-number>Line</th>
          <th>Says</th>
          <th>Of what</th>
          <th data-number>Amount</th>
          <th>What became of it</th>
          <th>
            <span className={ui["hidden"]}>Decide</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {items.map((line) => (
          <Line
            key={line.ordinal}
            file={file}
            line={line}
            isOpen={opened === line.ordinal}
            toggle={() => open(opened === line.ordinal ? null : line.ordinal)}
          />
        ))}
      </tbody>
    </Table>
  );
}

function Line(props: {
  readonly file: ReturnDetails;
  readonly line: ReturnLine;
  readonly isOpen: boolean;
  readonly toggle: () => void;
}) {
  const { file, line, isOpen, toggle } = props;
  const mayDecide = useRight("batch:answer");
  const isSettled = line.state === "applied" || line.state === "setAside";
  const isSettling = file.state === "matched" || file.state === "partlyMatched";
  return (
    <>
      <tr>
        <td data-number>{line.line}</td>
        <td>
          {inWords(line.status)}
          <div className={ui["soft"]}>
            {[line.code, line.reason].filter((text) => text !== null).join(" · ")}
          </div>
        </td>
        <td>
          <Pointer line={line} />
        </td>
        <td data-number>
          <Amount money={line.amount} />
          <div className={ui["soft"]}>{line.side}</div>
        </td>
        <td>
          <Fate line={line} />
        </td>
        <td>
          {isSettling && !isSettled ? (
            <Button
              variant="default"
              size="xs"
              disabled={!mayDecide}
              title={mayDecide ? undefined : "Your role does not allow this"}
              aria-expanded={isOpen}
              aria-label={`Decide about line ${line.line}`}
              onClick={toggle}
            >
              Decide…
            </Button>
          ) : null}
        </td>
      </tr>
      {isOpen ? (
        <tr>
          <td colSpan={6}>
            <div className={css["decision"]}>
              <ReturnLineDecision file={file} line={line} close={toggle} />
            </div>
          </td>
        </tr>
      ) : null}
    </>
  );
}

/** What the line names, as it was written. */
function Pointer({ line }: { readonly line: ReturnLine }) {
  const named = [
    ["Reference", line.reference],
    ["Trace number", line.traceNumber],
    ["End-to-end id", line.endToEndId],
    ["File", line.originalFile],
  ].filter(([, value]) => value !== null);
  if (named.length === 0) return <span className={ui["soft"]}>names nothing</span>;
  return named.map(([name, value]) => (
    <div key={name}>
      <span className={ui["soft"]}>{name}</span> <span className={ui["mono"]}>{value}</span>
    </div>
  ));
}

function Fate({ line }: { readonly line: ReturnLine }) {
  const { outcome, batch } = line;
  return (
    <>
      <Badge look={LINE_LOOKS[line.state]} />
      <div className={ui["soft"]}>
        {outcome === null ? line.explained : (OUTCOME_WORDS[outcome] ?? inWords(outcome))}
      </div>
      {batch === null ? null : (
        <div>
          <Link to="/batches/$batch" params={{ batch }}>
            {line.batchLine === null ? "our file" : `line ${line.batchLine} of our file`}
          </Link>
        </div>
      )}
      {line.settledBy === null ? null : (
        <div className={ui["soft"]}>by {actorWords(line.settledBy)}</div>
      )}
    </>
  );
}
