/** How the balances came about, as steps over time. The table beside it holds the figures. */
import { useComputedColorScheme } from "@mantine/core";
import type { ReactNode } from "react";
import { useEffect, useRef } from "react";
import UPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import type { Entry } from "../api/types.ts";
import { inWords } from "../ui/states.ts";

import { balancesOverTime } from "./balances-over-time.ts";
import css from "./parts.module.css";

const COLORS = ["--accent", "--info", "--warn", "--bad", "--good", "--calm"];
const DASHES = [[], [6, 3], [2, 3], [8, 3, 2, 3], [1, 2], [10, 4]];
const HEIGHT = 200;

export default function BalanceChart(props: { readonly entries: readonly Entry[] }): ReactNode {
  const { entries } = props;
  const place = useRef<HTMLDivElement>(null);
  const colorScheme = useComputedColorScheme("light");
  useEffect(() => {
    const box = place.current;
    if (box === null) return undefined;
    const chart = draw(box, entries);
    const watch = new ResizeObserver(() =>
      chart.setSize({ width: box.clientWidth, height: HEIGHT }),
    );
    watch.observe(box);
    return () => {
      watch.disconnect();
      chart.destroy();
    };
  }, [entries, colorScheme]);
  return (
    <figure
      className={css["chart"]}
      aria-label="Balances over time; the table above has the figures"
    >
      <div ref={place} />
    </figure>
  );
}

function draw(box: HTMLElement, entries: readonly Entry[]): UPlot {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const { at, collections } = balancesOverTime(entries, Date.now() / 1000);
  const steps = UPlot.paths.stepped?.({ align: 1 });
  const axis = {
    stroke: color("--ink-soft"),
    grid: { stroke: color("--line"), width: 1 },
    ticks: { stroke: color("--line"), width: 1 },
    font: `11px ${style.getPropertyValue("--font-sans")}`,
  };
  return new UPlot(
    {
      width: box.clientWidth,
      height: HEIGHT,
      axes: [axis, { ...axis, size: 64 }],
      series: [
        {},
        ...collections.map(({ name }, index) => ({
          label: inWords(name),
          stroke: color(COLORS[index % COLORS.length] ?? "--ink"),
          dash: DASHES[index % DASHES.length] ?? [],
          width: 2,
          points: { show: false },
          ...(steps === undefined ? {} : { paths: steps }),
        })),
      ],
      legend: { live: false },
      cursor: { show: false },
    },
    [[...at], ...collections.map((one) => [...one.values])],
    box,
  );
}
