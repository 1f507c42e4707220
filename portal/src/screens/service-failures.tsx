/** What failed at the service and waits for a person; all of it retried as one job. */
import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck } from "lucide-react";
import { useState } from "react";

import type { OneService } from "../api/service-queries.ts";
import { failuresQuery } from "../api/service-queries.ts";
import type { ServiceFailure } from "../api/service-types.ts";
import { useRight } from "../parts/rights.ts";
import { MoreItems } from "../parts/more-items.tsx";
import { Answer, Empty } from "../ui/answers.tsx";
import { AdjustmentBadge, When } from "../ui/badge.tsx";
import { Amount } from "../ui/money.tsx";
import { Panel, Table } from "../ui/panel.tsx";
import ui from "../ui/ui.module.css";

import { RetryAll } from "./retry-all.tsx";

export function ServiceFailures(props: { readonly service: OneService; readonly failed: number }) {
  const { service, failed } = props;
  const query = useInfiniteQuery(failuresQuery(service));
  const [isOpen, setOpen] = useState(false);
  const mayRetry = useRight("service:retry");
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Panel
      title="Failed"
      note="waits for a person"
      actions={
        failed > 0 || isOpen ? (
          <Button
            variant={isOpen ? "default" : "filled"}
            disabled={!mayRetry}
            title={mayRetry ? undefined : "Your role does not allow this"}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? "Close" : "Retry all…"}
          </Button>
        ) : undefined
      }
      flush
    >
      {isOpen ? (
        <div className={ui["panelBody"]}>
          <RetryAll service={service} codes={codesOf(items)} />
        </div>
      ) : null}
      <Answer query={query} what="what failed">
        {() => (items.length === 0 ? <NothingFailed /> : <FailureTable {...{ service, items }} />)}
      </Answer>
      <MoreItems query={query} what="failures" />
    </Panel>
  );
}

function codesOf(items: readonly ServiceFailure[]): readonly string[] {
  return [...new Set(items.flatMap(({ code }) => (code === null ? [] : [code])))].sort();
}

function NothingFailed() {
  return (
    <Empty title="Nothing failed" icon={CircleCheck}>
      <p>
        What the core refuses comes here at once, what it cannot be reached for after the last
        retry. A person decides: retry, complete by hand, or cancel.
      </p>
    </Empty>
  );
}

function FailureTable(props: {
  readonly service: OneService;
  readonly items: readonly ServiceFailure[];
}) {
  return (
    <Table label="Failed at this service">
      <thead>
        <tr>
          <th>Dispute</th>
          <th>Why</th>
          <th data-number>Amount</th>
          <th>State</th>
          <th>Since</th>
        </tr>
      </thead>
      <tbody>
        {props.items.map((one) => (
          <tr key={one.assignment}>
            <td>
              <Link className={ui["link"]} to="/queues" search={{ assignment: one.assignment }}>
                {one.dispute ?? one.claim}
              </Link>
              {one.assignee === null ? null : <div className={ui["soft"]}>with {one.assignee}</div>}
            </td>
            <td>
              {one.code === null ? null : <code>{one.code}</code>}
              <div className={ui["soft"]}>{one.reason === one.code ? null : one.reason}</div>
            </td>
            <td data-number>
              <Amount money={one.amount} />
            </td>
            <td>
              <AdjustmentBadge state={one.state} />
            </td>
            <td data-day>
              <When at={one.failedAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
