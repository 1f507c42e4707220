/** The lines of a file, each leading to its case. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FileMinus } from "lucide-react";

import { batchLinesQuery } from "../api/queries.ts";
import type { BatchDetails, BatchLine } from "../api/batch-types.ts";
import { MoreItems } from "../parts/more-items.tsx";
import { plural } from "../parts/service-looks.ts";
import { Answer, Empty } from "../ui/answers.tsx";
import { AdjustmentBadge } from "../ui/badge.tsx";
import { Amount } from "../ui/money.tsx";
import { Panel, Table } from "../ui/panel.tsx";
import { inWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

export function BatchLines({ file }: { readonly file: BatchDetails }) {
  const query = useInfiniteQuery(batchLinesQuery(file.id));
  return (
    <Panel title="Lines" note={plural(file.totals.adjustments, "adjustment")} flush>
      <Answer query={query} what="the lines">
        {(data) => <Lines file={file} items={data.pages.flatMap((page) => page.items)} />}
      </Answer>
      <MoreItems query={query} what="lines" />
    </Panel>
  );
}

function Lines(props: { readonly file: BatchDetails; readonly items: readonly BatchLine[] }) {
  const { file, items } = props;
  if (items.length === 0) {
    return (
      <Empty title="An empty file" icon={FileMinus}>
        <p>Nothing was pending at its cut-off; the destination expects a file all the same.</p>
      </Empty>
    );
  }
  return (
    <Table label="Lines of the file">
      <thead>
        <tr>
          <th data-number>Line</th>
          <th>Dispute</th>
          <th data-number>Amount</th>
          <th>State now</th>
          <th>Outcome</th>
        </tr>
      </thead>
      <tbody>
        {items.map((line) => (
          <tr key={line.line}>
            <td data-number>{line.line}</td>
            <td>
              <Link
                className={ui["link"]}
                to="/cases/$client/$claim"
                params={{ client: file.client, claim: line.claim }}
                search={{ dispute: line.dispute }}
              >
                {line.dispute}
              </Link>
              <div className={ui["soft"]}>{line.claim}</div>
            </td>
            <td data-number>
              <Amount money={line.amount} />
            </td>
            <td>
              <AdjustmentBadge state={line.state} />
            </td>
            <td>
              {line.outcome === null ? "–" : inWords(line.outcome)}
              <div className={ui["soft"]}>{because(line)}</div>
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** A released line has the statement about its file; an answered one what its answer said. */
function because({ outcome, reference }: BatchLine): string | null {
  return outcome === "released" && reference !== null ? inWords(reference) : reference;
}
