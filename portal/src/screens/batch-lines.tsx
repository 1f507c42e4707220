/** The lines of a file, each leading to its case. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { batchLinesQuery } from "../api/queries.ts";
import type { BatchDetails, BatchLine } from "../api/batch-types.ts";
import { MoreItems } from "../parts/more-items.tsx";
import { Answer } from "../ui/answers.tsx";
import { AdjustmentBadge } from "../ui/badge.tsx";
import { Amount } from "../ui/money.tsx";
import { Panel, Table } from "../ui/panel.tsx";
import { inWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

export function BatchLines({ file }: { readonly file: BatchDetails }) {
  const query = useInfiniteQuery(batchLinesQuery(file.id));
  return (
    <Panel title="Lines" note={`${file.totals.adjustments} adjustments`} flush>
      <Answer query={query} what="the lines">
        {(data) => <Lines file={file} items={data.pages.flatMap((page) => page.items)} />}
      </Answer>
      <MoreItems query={query} what="lines" />
    </Panel>
  );
}

function Lines(props: { readonly file: BatchDetails; readonly items: readonly BatchLine[] }) {
  const { file, items } = props;
  return (
    <Table label="Lines of the file">
      <thead>
        <tr>
          <th data-number>Line</th>
          <th>Dispute</th>
          <th>Claim</th>
          <th data-number>Amount</th>
          <th>State now</th>
          <th>Outcome</th>
        </tr>
      </thead>
      <tbody>
        {items.map((line) => (
          <tr key={line.line}>
            <td data-number>{line.line}</td>
            <td>{line.dispute}</td>
            <td>
              <Link
                className={ui["link"]}
                to="/cases/$client/$claim"
                params={{ client: file.client, claim: line.claim }}
                search={{ dispute: line.dispute }}
              >
                {line.claim}
              </Link>
            </td>
            <td data-number>
              <Amount money={line.amount} />
            </td>
            <td>
              <AdjustmentBadge state={line.state} />
            </td>
            <td>
              {line.outcome === null ? "–" : inWords(line.outcome)} {line.reference}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
