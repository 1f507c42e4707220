/**
 * The queues as they were at a past moment: the moment, and how much was open and overdue around
 * it. The figures stand below the plot, and each of them leads there.
 */
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";

import type { WorkFilter } from "../api/queries.ts";
import type { WorkAtMoment } from "../api/work-queries.ts";
import { workOverTimeQuery } from "../api/work-queries.ts";
import { useClient } from "../parts/clients.ts";
import { Answer } from "../ui/answers.tsx";
import { Table } from "../ui/panel.tsx";
import { showInstant } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

import css from "./screens.module.css";

const TimePlot = lazy(() => import("../parts/time-plot.tsx"));

const SPANS = [
  { value: "1", label: "1 day" },
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
] as const;

const DAY_MILLISECONDS = 86_400_000;
/** So many of the moments have a line of their own in the table. */
const LINES = 12;

export function QueueAsOf(props: {
  readonly asOf: string;
  readonly filter: Omit<WorkFilter, "client" | "asOf">;
  readonly turn: (words: { readonly asOf?: string }) => void;
}) {
  const { asOf, filter, turn } = props;
  const client = useClient();
  const [days, setDays] = useState("7");
  const [opened] = useState(() => new Date().toISOString());
  const from = new Date(Date.parse(opened) - Number(days) * DAY_MILLISECONDS).toISOString();
  const query = useQuery(workOverTimeQuery({ client, ...filter, from, to: opened }));
  const go = (local: string): void => {
    const at = Date.parse(local);
    if (Number.isNaN(at)) return;
    turn({ asOf: new Date(Math.min(at, Date.now())).toISOString() });
  };
  return (
    <section className={css["asOf"]} aria-label="As of another time">
      <div className={ui["row"]}>
        <TextInput
          type="datetime-local"
          label="As of"
          max={localOf(opened)}
          value={localOf(asOf)}
          onChange={(event) => go(event.currentTarget.value)}
        />
        <NativeSelect
          label="Plot of the last"
          value={days}
          data={[...SPANS]}
          onChange={(event) => setDays(event.currentTarget.value)}
        />
        <Button variant="default" onClick={() => turn({})}>
          Back to now
        </Button>
      </div>
      <Answer query={query} what="the history">
        {(moments) => <Plotted moments={moments} isOfDays={days !== "1"} turn={turn} />}
      </Answer>
    </section>
  );
}

function Plotted(props: {
  readonly moments: readonly WorkAtMoment[];
  readonly isOfDays: boolean;
  readonly turn: (words: { readonly asOf?: string }) => void;
}) {
  const { moments, isOfDays, turn } = props;
  const [pointed, setPointed] = useState<number | null>(null);
  const drawn = useMemo(
    () => ({
      at: moments.map((one) => Date.parse(one.at) / 1000),
      series: [
        { label: "Open", color: "--accent", values: moments.map((one) => one.open) },
        { label: "Due", color: "--warn", dash: [2, 2], values: moments.map((one) => one.due) },
        {
          label: "Overdue",
          color: "--bad",
          dash: [4, 3],
          values: moments.map((one) => one.overdue),
        },
      ],
    }),
    [moments],
  );
  const shown = pointed === null ? moments.at(-1) : moments[pointed];
  return (
    <>
      <Suspense fallback={null}>
        <TimePlot
          label="Open and overdue over time"
          at={drawn.at}
          series={drawn.series}
          unit=""
          isOfDays={isOfDays}
          pointed={setPointed}
        />
      </Suspense>
      <p className={ui["soft"]} role="status">
        {shown === undefined
          ? "Nothing was open."
          : `${showInstant(shown.at)}: ${shown.open} open, ${shown.due} past the goal (dotted), ` +
            `${shown.overdue} overdue (dashed)`}
      </p>
      <Figures moments={moments} turn={turn} />
    </>
  );
}

function Figures(props: {
  readonly moments: readonly WorkAtMoment[];
  readonly turn: (words: { readonly asOf?: string }) => void;
}) {
  const { moments, turn } = props;
  const each = Math.max(1, Math.ceil(moments.length / LINES));
  const lines = moments.filter((_, index) => index % each === 0 || index === moments.length - 1);
  return (
    <Table label="Open and overdue over time">
      <thead>
        <tr>
          <th>When</th>
          <th data-number>Open</th>
          <th data-number>Past the goal</th>
          <th data-number>Overdue</th>
        </tr>
      </thead>
      <tbody>
        {lines.toReversed().map((one) => (
          <tr key={one.at}>
            <td>
              <button
                type="button"
                className={ui["linkButton"]}
                onClick={() => turn({ asOf: one.at })}
              >
                {showInstant(one.at)}
              </button>
            </td>
            <td data-number>{one.open}</td>
            <td data-number>{one.due}</td>
            <td data-number>{one.overdue}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** As a field for day and time wants it, in the browser's own zone. */
function localOf(instant: string): string {
  const at = new Date(instant);
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}
