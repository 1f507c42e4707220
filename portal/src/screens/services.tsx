/** Services: is the real-time route healthy, for every service of the clients in view. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Radio } from "lucide-react";

import { servicesQuery } from "../api/service-queries.ts";
import type { ServiceSummary } from "../api/service-types.ts";
import { callSeries } from "../parts/calls-over-time.ts";
import { useClient, useClientName } from "../parts/clients.ts";
import { counted, serviceLook } from "../parts/service-looks.ts";
import { Sparkline } from "../parts/sparkline.tsx";
import { Answer, Empty } from "../ui/answers.tsx";
import { Badge } from "../ui/badge.tsx";
import { useNow } from "../ui/clock.ts";
import { Page, Panel, Table } from "../ui/panel.tsx";
import { ago } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

export function Services() {
  const client = useClient();
  const query = useQuery(servicesQuery(client));
  return (
    <Page
      title="Services"
      lead="The systems of record that Redress calls in real time, and what waits for them."
      actions={
        <>
          <Link to="/reconciliation">Reconcile</Link>
          <Link to="/jobs">Jobs</Link>
        </>
      }
    >
      <Panel flush>
        <Answer query={query} what="the services">
          {(services) =>
            services.length === 0 ? <NoServices /> : <ServiceTable services={services} />
          }
        </Answer>
      </Panel>
    </Page>
  );
}

function NoServices() {
  return (
    <Empty title="No accounting service here" icon={Radio}>
      <p>
        None of the clients in view posts in real time. A service is data, not code: its address,
        how to sign in, the request with placeholders for the movement's facts, and what each answer
        means.
      </p>
      <p>
        Put one into a client's settings under <code>services</code>, or send it to{" "}
        <code>PUT /v1/clients/&#123;client&#125;/services/&#123;name&#125;</code>. Then test its
        connection and try a request here, before the first movement goes out. What stands where is
        described in <a href="/docs">the reference</a>.
      </p>
    </Empty>
  );
}

function ServiceTable({ services }: { readonly services: readonly ServiceSummary[] }) {
  return (
    <Table label="Services">
      <thead>
        <tr>
          <th>Service</th>
          <th>State</th>
          <th>Calls, last hour</th>
          <th data-number>In flight</th>
          <th data-number>Due</th>
          <th data-number>Waiting</th>
          <th data-number>Unknown</th>
          <th data-number>Failed</th>
          <th data-number>In time</th>
        </tr>
      </thead>
      <tbody>
        {services.map((one) => (
          <ServiceRow key={`${one.client} ${one.name}`} service={one} />
        ))}
      </tbody>
    </Table>
  );
}

function ServiceRow({ service }: { readonly service: ServiceSummary }) {
  const nameOf = useClientName();
  const now = useNow();
  const { work, oldestUnknown, calls, sla } = service;
  const count = (figure: number): string => counted(figure, work.countedAtMost);
  const series = callSeries(calls, service);
  return (
    <tr>
      <td>
        <Link
          className={ui["link"]}
          to="/services/$of/$service"
          params={{ of: service.client, service: service.name }}
        >
          {service.name}
        </Link>
        <div className={ui["soft"]} data-day>
          {nameOf(service.client)}
        </div>
      </td>
      <td>
        <Badge look={serviceLook(service)} />
        {service.problem === null ? null : <div className={ui["soft"]}>{service.problem}</div>}
      </td>
      <td>
        <Sparkline series={series} />
      </td>
      <td data-number>{count(work.inFlight)}</td>
      <td data-number>{count(work.due)}</td>
      <td data-number>{count(work.waiting)}</td>
      <td data-number>
        {count(work.unknown)}
        {oldestUnknown === null ? null : (
          <div className={ui["soft"]}>oldest {ago(oldestUnknown.since, now)}</div>
        )}
      </td>
      <td data-number>{count(work.failed)}</td>
      <td data-number>{inTime(sla)}</td>
    </tr>
  );
}

function inTime({ met, breached }: ServiceSummary["sla"]): string {
  const all = met + breached;
  return all === 0 ? "–" : `${Math.floor((met / all) * 100)}%`;
}
