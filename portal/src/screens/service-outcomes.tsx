/** What the service said, counted: by outcome, and by code what did not go well. */
import type { ServiceMonitor } from "../api/service-types.ts";
import { OUTCOME_TONES } from "../parts/attempts.tsx";
import css from "../parts/service.module.css";
import { plural } from "../parts/service-looks.ts";
import { WordBadge } from "../ui/badge.tsx";
import { Panel, Table } from "../ui/panel.tsx";
import { inWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

const PURPOSES: Readonly<Record<string, string>> = {
  post: "Posting",
  lookUp: "Look-up",
  probe: "Check",
};

export function ServiceOutcomes({ monitor }: { readonly monitor: ServiceMonitor }) {
  const { outcomes, codes } = monitor;
  const calls = outcomes.reduce((sum, one) => sum + one.calls, 0);
  if (outcomes.length === 0) {
    return (
      <Panel title="Outcomes">
        <p className={ui["soft"]}>No call in this span of time.</p>
      </Panel>
    );
  }
  return (
    <div className={css["pair"]}>
      <Panel title="Outcomes" note={plural(calls, "call")} flush>
        <Table label="Outcomes">
          <thead>
            <tr>
              <th>Outcome</th>
              <th>Call</th>
              <th data-number>Calls</th>
              <th data-number>Share</th>
            </tr>
          </thead>
          <tbody>
            {outcomes.map((one) => (
              <tr key={`${one.purpose} ${one.outcome}`}>
                <td>
                  <Outcome of={one.outcome} />
                </td>
                <td>{PURPOSES[one.purpose] ?? one.purpose}</td>
                <td data-number>{one.calls.toLocaleString("en-US")}</td>
                <td data-number>{share(one.calls, calls)}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      </Panel>
      {codes.length === 0 ? null : <Codes codes={codes} />}
    </div>
  );
}

function Codes({ codes }: { readonly codes: ServiceMonitor["codes"] }) {
  return (
    <Panel title="What it said" note="where it was not simply posted" flush>
      <Table label="Outcomes by code">
        <thead>
          <tr>
            <th>Code</th>
            <th>Read as</th>
            <th data-number>Calls</th>
          </tr>
        </thead>
        <tbody>
          {codes.map((one) => (
            <tr key={`${one.outcome} ${one.status ?? ""} ${one.code ?? ""}`}>
              <td>
                {one.code === null ? null : <code>{one.code}</code>}
                <div className={ui["soft"]}>
                  {[one.status === null ? null : `HTTP ${one.status}`, one.reason]
                    .filter((part) => part !== null && part !== one.code)
                    .join(" · ")}
                </div>
              </td>
              <td>
                <Outcome of={one.outcome} />
              </td>
              <td data-number>{one.calls.toLocaleString("en-US")}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

function Outcome({ of: outcome }: { readonly of: string }) {
  return <WordBadge tone={OUTCOME_TONES[outcome] ?? "calm"}>{inWords(outcome)}</WordBadge>;
}

function share(calls: number, all: number): string {
  const percent = (calls / all) * 100;
  return percent < 1 ? "<1%" : `${Math.round(percent)}%`;
}
