/** One service: its monitor, its settings, and the tests that post nothing. */
import { Button, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Pause, Play } from "lucide-react";
import { useState } from "react";

import type { OneService } from "../api/service-queries.ts";
import { monitorQuery } from "../api/service-queries.ts";
import type { ServiceMonitor } from "../api/service-types.ts";
import { useClientName } from "../parts/clients.ts";
import css from "../parts/service.module.css";
import { serviceLook } from "../parts/service-looks.ts";
import { Answer } from "../ui/answers.tsx";
import { Badge } from "../ui/badge.tsx";
import { Page } from "../ui/panel.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";
import ui from "../ui/ui.module.css";

import { ServiceCharts } from "./service-charts.tsx";
import { ServiceFailures } from "./service-failures.tsx";
import { ServiceFigures } from "./service-figures.tsx";
import { ServiceOutcomes } from "./service-outcomes.tsx";
import { ServiceSettings } from "./service-settings.tsx";
import { ServiceTests } from "./service-tests.tsx";
import { ServiceTrouble } from "./service-trouble.tsx";

const route = getRouteApi("/inside/services/$of/$service");

const TABS = [
  ["monitor", "Monitor"],
  ["tests", "Tests"],
  ["settings", "Settings"],
] as const;

type Tab = (typeof TABS)[number][0];

export function Service() {
  const { of: client, service: name } = route.useParams();
  const { tab: asked, minutes = "60" } = route.useSearch();
  const navigate = useNavigate({ from: "/services/$of/$service" });
  const nameOf = useClientName();
  const [isLive, setLive] = useState(true);
  const one: OneService = { client, name };
  const query = useQuery(monitorQuery(one, Number(minutes), isLive));
  const tab: Tab = TABS.find(([id]) => id === asked)?.[0] ?? "monitor";
  useShortcuts("This service", [
    { keys: "p", label: "Pause or go on live", run: () => setLive(!isLive) },
    ...TABS.map(([id, label], index) => ({
      keys: String(index + 1),
      label,
      run: () => void navigate({ search: (before) => ({ ...before, tab: id }) }),
    })),
  ]);
  return (
    <Page
      title={name}
      name={`${name}, ${nameOf(client)}`}
      lead={
        <>
          <Link to="/services">Services</Link> · {nameOf(client)}
        </>
      }
      actions={
        <>
          {query.data === undefined ? null : <Badge look={serviceLook(query.data)} />}
          {tab === "monitor" ? (
            <Watch
              minutes={minutes}
              isLive={isLive}
              turn={() => setLive(!isLive)}
              choose={(chosen) =>
                void navigate({ search: (before) => ({ ...before, minutes: chosen }) })
              }
            />
          ) : null}
        </>
      }
    >
      <nav className={css["tabs"]} aria-label="Of this service">
        {TABS.map(([id, label]) => (
          <Link
            key={id}
            from="/services/$of/$service"
            to="."
            search={(before) => ({ ...before, tab: id })}
            aria-current={id === tab ? "page" : undefined}
          >
            {label}
          </Link>
        ))}
      </nav>
      {tab === "monitor" ? (
        <Answer query={query} what="the monitor">
          {(monitor) => <Monitor service={one} monitor={monitor} />}
        </Answer>
      ) : null}
      {tab === "tests" ? <ServiceTests service={one} /> : null}
      {tab === "settings" ? <ServiceSettings service={one} /> : null}
    </Page>
  );
}

const SPANS = [
  ["15", "15 minutes"],
  ["60", "1 hour"],
  ["240", "4 hours"],
  ["1440", "24 hours"],
] as const;

function Watch(props: {
  readonly minutes: string;
  readonly isLive: boolean;
  readonly turn: () => void;
  readonly choose: (minutes: string) => void;
}) {
  const Icon = props.isLive ? Pause : Play;
  return (
    <>
      <NativeSelect
        size="xs"
        aria-label="Span of time"
        value={props.minutes}
        data={SPANS.map(([value, label]) => ({ value, label: `Last ${label}` }))}
        onChange={(event) => props.choose(event.currentTarget.value)}
      />
      <Button
        variant="default"
        leftSection={<Icon size={14} aria-hidden />}
        onClick={props.turn}
        aria-pressed={!props.isLive}
      >
        {props.isLive ? "Pause" : "Paused: go on"}
      </Button>
    </>
  );
}

function Monitor(props: { readonly service: OneService; readonly monitor: ServiceMonitor }) {
  const { service, monitor } = props;
  return (
    <>
      {monitor.problem === null ? null : (
        <p className={ui["problem"]} role="alert">
          Nothing is called: {monitor.problem}
        </p>
      )}
      <ServiceFigures monitor={monitor} />
      <ServiceTrouble monitor={monitor} />
      <ServiceCharts monitor={monitor} />
      <ServiceOutcomes monitor={monitor} />
      <ServiceFailures service={service} failed={monitor.work.failed} />
    </>
  );
}
