/** Deny debits against the day that their notice names: planned, on their day, late, or now. */
import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CalendarClock } from "lucide-react";

import { denyDebitsQuery } from "../api/hold-queries.ts";
import type { DenyDebit } from "../api/hold-types.ts";
import { useClient, useClientName } from "../parts/clients.ts";
import { Answer, Empty } from "../ui/answers.tsx";
import { VerdictBadge } from "../parts/verdict-badge.tsx";
import { AdjustmentBadge } from "../ui/badge.tsx";
import { Amount } from "../ui/money.tsx";
import { Panel, Table } from "../ui/panel.tsx";
import ui from "../ui/ui.module.css";

export function DenyDebits() {
  const client = useClient();
  const query = useInfiniteQuery(denyDebitsQuery(client));
  return (
    <Panel title="Deny debits" note="against the day that was named" flush>
      <Answer query={query} what="the deny debits">
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          return items.length === 0 ? <None /> : <Rows items={items} />;
        }}
      </Answer>
      {query.hasNextPage ? (
        <div className={ui["panelBody"]}>
          <Button variant="default" onClick={() => void query.fetchNextPage()}>
            Show more
          </Button>
        </div>
      ) : null}
    </Panel>
  );
}

function None() {
  return (
    <Empty title="No debit of a denial stands" icon={CalendarClock}>
      <p>Once a credited dispute is denied, its debit is listed here with the day it is due.</p>
    </Empty>
  );
}

function Rows({ items }: { readonly items: readonly DenyDebit[] }) {
  const nameOf = useClientName();
  return (
    <Table label="Deny debits">
      <thead>
        <tr>
          <th scope="col">Dispute</th>
          <th scope="col" data-number>
            Amount
          </th>
          <th scope="col">Notice sent</th>
          <th scope="col">Named day</th>
          <th scope="col">Posted</th>
          <th scope="col">Stands</th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {items.map((one) => {
          return (
            <tr key={one.adjustment}>
              <td>
                <Link
                  className={ui["link"]}
                  to="/cases/$client/$claim"
                  params={{ client: one.client, claim: one.claim }}
                  search={{ dispute: one.dispute, tab: "denial" }}
                >
                  {one.dispute}
                </Link>
                <div className={ui["soft"]}>{nameOf(one.client)}</div>
              </td>
              <td data-number>
                <Amount money={one.amount} />
              </td>
              <td data-day>{one.noticeSentOn ?? "–"}</td>
              <td data-day>{one.requiredOn ?? "–"}</td>
              <td data-day>{one.postingDate ?? "–"}</td>
              <td>
                <VerdictBadge verdict={one.verdict} />
              </td>
              <td>
                <AdjustmentBadge state={one.state} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
