/** Calls a minute by outcome, and how long they took: plots, each with its figures below. */
import { Activity } from "lucide-react";
import type { ReactNode } from "react";
import { lazy, Suspense, useMemo, useState } from "react";

import type { ServiceMonitor } from "../api/service-types.ts";
import type { CallSeries } from "../parts/calls-over-time.ts";
import { CALL_GROUPS, callSeries, latencySeries, totals } from "../parts/calls-over-time.ts";
import css from "../parts/service.module.css";
import { Empty } from "../ui/answers.tsx";
import { Panel, Table } from "../ui/panel.tsx";
import { showInstant } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

/** A picture of what the tables say: without it the page is whole. */
const TimePlot = lazy(() =>
  import("../parts/time-plot.tsx").catch(() => ({ default: (): ReactNode => null })),
);

export function ServiceCharts({ monitor }: { readonly monitor: ServiceMonitor }) {
  if (monitor.calls.length === 0) {
    return (
      <Panel title="Calls a minute, and how long they take">
        <Empty title="No call in this span of time" icon={Activity}>
          <p>Calls are drawn as they are made. A longer span, chosen above, shows earlier ones.</p>
        </Empty>
      </Panel>
    );
  }
  return (
    <div className={css["pair"]}>
      <Calls monitor={monitor} />
      <Latency monitor={monitor} />
    </div>
  );
}

function Calls({ monitor }: { readonly monitor: ServiceMonitor }) {
  const [pointed, point] = useState<number | null>(null);
  const series = useMemo(() => callSeries(monitor.calls, monitor), [monitor]);
  const drawn = useMemo(
    () =>
      // The tallest first, so that each group stands before those above it.
      CALL_GROUPS.map((group, index) => ({
        label: group.word,
        color: `--${group.tone}`,
        bars: true,
        values: series.tops[index] ?? [],
      })).toReversed(),
    [series],
  );
  const shown = totals(series);
  return (
    <Panel title="Calls a minute" note="by outcome">
      <div className={ui["stack"]}>
        <ul className={css["legend"]}>
          {shown.map((group) => (
            <li key={group.name}>
              <span className={css["swatch"]} data-tone={group.tone} />
              {group.word} <b>{group.total.toLocaleString("en-US")}</b>
            </li>
          ))}
          <li className={css["pointed"]}>{pointed === null ? "" : callWords(series, pointed)}</li>
        </ul>
        <div className={css["plot"]}>
          <Suspense fallback={null}>
            <TimePlot
              label="Calls a minute"
              at={series.at}
              series={drawn}
              unit=""
              pointed={point}
            />
          </Suspense>
        </div>
        <CallFigures series={series} />
      </div>
    </Panel>
  );
}

function callWords(series: CallSeries, index: number): string {
  const at = series.at[index];
  if (at === undefined) return "";
  const parts = CALL_GROUPS.flatMap(({ word }, group) => {
    const calls = series.calls[group]?.[index] ?? 0;
    return calls === 0 ? [] : [`${word.toLowerCase()} ${calls}`];
  });
  return `${clockOf(at)} · ${parts.length === 0 ? "no calls" : parts.join(", ")}`;
}

function clockOf(seconds: number): string {
  return showInstant(new Date(seconds * 1000).toISOString()).slice(11, 16);
}

const FIGURES_SHOWN = 120;

function CallFigures({ series }: { readonly series: CallSeries }) {
  const busy = series.at
    .map((at, index) => ({ at, index }))
    .filter(({ index }) => (series.tops.at(-1)?.[index] ?? 0) > 0)
    .toReversed();
  return (
    <details>
      <summary>Figures</summary>
      {busy.length === 0 ? (
        <p className={ui["soft"]}>No call in this span of time.</p>
      ) : (
        <Table label="Calls a minute, figures">
          <thead>
            <tr>
              <th>Minute</th>
              {CALL_GROUPS.map((group) => (
                <th key={group.name} data-number>
                  {group.word}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {busy.slice(0, FIGURES_SHOWN).map(({ at, index }) => (
              <tr key={at}>
                <td>{clockOf(at)}</td>
                {CALL_GROUPS.map((group, place) => (
                  <td key={group.name} data-number>
                    {series.calls[place]?.[index]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </details>
  );
}

const LATENCIES = [
  { name: "p50", word: "Half of them within", tone: "accent", color: "--accent" },
  { name: "p95", word: "95% within", tone: "info", color: "--info", dash: [7, 4] },
  { name: "p99", word: "99% within", tone: "warn", color: "--warn", dash: [2, 3] },
] as const;

function Latency({ monitor }: { readonly monitor: ServiceMonitor }) {
  const { latency, latencies } = monitor;
  const at = useMemo(() => callSeries([], monitor).at, [monitor]);
  const drawn = useMemo(() => {
    const values = latencySeries(latencies, monitor);
    return LATENCIES.map((one, index) => ({
      label: one.name,
      color: one.color,
      values: values[index] ?? [],
      ...("dash" in one ? { dash: one.dash } : {}),
    }));
  }, [latencies, monitor]);
  return (
    <Panel title="Latency" note="of postings, the whole call">
      <div className={ui["stack"]}>
        <ul className={css["legend"]}>
          {LATENCIES.map(({ name, word, tone }) => (
            <li key={name}>
              <span className={css["line"]} data-tone={tone} />
              {word} <b>{latency === null ? "–" : `${latency[name].toLocaleString("en-US")} ms`}</b>
            </li>
          ))}
        </ul>
        <div className={css["plot"]}>
          <Suspense fallback={null}>
            <TimePlot label="Latency of postings" at={at} series={drawn} unit=" ms" />
          </Suspense>
        </div>
        <LatencyFigures rows={latencies} />
      </div>
    </Panel>
  );
}

function LatencyFigures({ rows }: { readonly rows: ServiceMonitor["latencies"] }) {
  return (
    <details>
      <summary>Figures</summary>
      {rows.length === 0 ? (
        <p className={ui["soft"]}>No posting in this span of time.</p>
      ) : (
        <Table label="Latency, figures">
          <thead>
            <tr>
              <th>Minute</th>
              <th data-number>Postings</th>
              {LATENCIES.map(({ name }) => (
                <th key={name} data-number>
                  {name}, ms
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows
              .toReversed()
              .slice(0, FIGURES_SHOWN)
              .map((row) => (
                <tr key={row.minute}>
                  <td>{clockOf(Date.parse(row.minute) / 1000)}</td>
                  <td data-number>{row.calls}</td>
                  {LATENCIES.map(({ name }) => (
                    <td key={name} data-number>
                      {row[name].toLocaleString("en-US")}
                    </td>
                  ))}
                </tr>
              ))}
          </tbody>
        </Table>
      )}
    </details>
  );
}
