/** What is under way and what waits, in figures. */
import type { ServiceMonitor } from "../api/service-types.ts";
import css from "../parts/service.module.css";
import { counted } from "../parts/service-looks.ts";

type FigureTone = "calm" | "bad" | "warn" | "accent";

export function ServiceFigures({ monitor }: { readonly monitor: ServiceMonitor }) {
  const { work, sla, latency } = monitor;
  const count = (figure: number): string => counted(figure, work.countedAtMost);
  const ended = sla.met + sla.breached;
  const figures: readonly (readonly [string, string, FigureTone, string?])[] = [
    ["In flight", count(work.inFlight), "accent"],
    ["Due now", count(work.due), "calm"],
    ["Waiting for a retry", count(work.waiting), "calm"],
    ["Unknown", count(work.unknown), work.unknown > 0 ? "warn" : "calm"],
    ["Failed, for a person", count(work.failed), work.failed > 0 ? "bad" : "calm"],
    [
      "Executed in time",
      ended === 0 ? "–" : `${Math.floor((sla.met / ended) * 100)}%`,
      sla.breached > 0 ? "warn" : "calm",
      sla.breached === 0 ? "" : `${sla.breached.toLocaleString("en-US")} late`,
    ],
    [
      "Latency, p95",
      latency === null ? "–" : latency.p95.toLocaleString("en-US"),
      "calm",
      latency === null ? "" : "ms",
    ],
  ];
  return (
    <dl className={css["figures"]} aria-label="The service in figures">
      {figures.map(([label, value, tone, unit = ""]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd data-tone={value === "0" ? "calm" : tone}>
            {value} {unit === "" ? null : <small>{unit}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
