/**
 * A plot over time that is drawn once and then fed: new figures move nothing else on the page.
 * Colours follow the scheme; a table beside it holds the figures.
 */
import { useComputedColorScheme } from "@mantine/core";
import type { ReactNode } from "react";
import { useEffect, useRef } from "react";
import UPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import css from "./service.module.css";

export interface PlotSeries {
  readonly label: string;
  /** A colour of `tokens.css`. */
  readonly color: string;
  readonly dash?: readonly number[];
  /** Filled bars instead of a line. */
  readonly bars?: boolean;
  readonly values: readonly (number | null)[];
}

export interface TimePlotProps {
  readonly label: string;
  /** Seconds since the epoch. */
  readonly at: readonly number[];
  /** Drawn in this order: later ones lie on top. */
  readonly series: readonly PlotSeries[];
  readonly unit: string;
  /** Months and days along the bottom instead of hours and minutes. */
  readonly isOfDays?: boolean;
  /** Which point the pointer is at; null when it has left. */
  readonly pointed?: (index: number | null) => void;
}

const HEIGHT = 190;

export default function TimePlot(props: TimePlotProps): ReactNode {
  const { at, series, unit, pointed, isOfDays = false } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const latest = useRef(props);
  // What is seen, not what was chosen: a choice of "system" turns with the machine.
  const colorScheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  useEffect(() => {
    latest.current = props;
  });
  const shape = `${unit} ${isOfDays} ${series.map((one) => `${one.label} ${one.color}`).join()}`;
  useEffect(() => {
    const box = place.current;
    if (box === null) return undefined;
    const drawn = draw(box, latest.current, (index) => latest.current.pointed?.(index));
    plot.current = drawn;
    const watch = new ResizeObserver(() =>
      drawn.setSize({ width: box.clientWidth, height: HEIGHT }),
    );
    watch.observe(box);
    return () => {
      watch.disconnect();
      drawn.destroy();
      plot.current = undefined;
    };
  }, [colorScheme, shape]);
  useEffect(() => {
    plot.current?.setData(dataOf(at, series));
  }, [at, series]);
  return (
    <figure
      className={css["plot"]}
      aria-label={`${props.label}; the table below has the figures`}
      onMouseLeave={() => pointed?.(null)}
    >
      <div ref={place} />
    </figure>
  );
}

function dataOf(at: readonly number[], series: readonly PlotSeries[]): UPlot.AlignedData {
  return [[...at], ...series.map((one) => [...one.values])];
}

const CLOCK = new Intl.DateTimeFormat("en-CA", {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

const DAY = new Intl.DateTimeFormat("en-CA", { month: "2-digit", day: "2-digit" });

const HALF_A_MINUTE = 30;
const SPARSE_POINTS = 30;

function isSparse(values: UPlot.AlignedData[number] | undefined): boolean {
  let points = 0;
  for (const value of values ?? []) if (value !== null) points += 1;
  return points <= SPARSE_POINTS;
}

function draw(
  box: HTMLElement,
  { at, series, unit, isOfDays = false }: TimePlotProps,
  pointed: (index: number | null) => void,
): UPlot {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const bars = UPlot.paths.bars?.({ size: [0.82, 24] });
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
      axes: [
        {
          ...axis,
          size: 30,
          values: (_, seconds) => seconds.map((one) => (isOfDays ? DAY : CLOCK).format(one * 1000)),
        },
        {
          ...axis,
          size: 58,
          values: (_, values) => values.map((one) => `${one.toLocaleString("en-US")}${unit}`),
        },
      ],
      scales: {
        // Half a minute of room, so that the first and the last bar are whole.
        x: { range: (_, first, last) => [first - HALF_A_MINUTE, last + HALF_A_MINUTE] },
        y: { range: (_, __, most) => [0, Math.max(1, most * 1.08)] },
      },
      series: [
        {},
        ...series.map((one) => ({
          label: one.label,
          stroke: color(one.color),
          width: one.bars === true ? 0 : 2,
          // A line through one minute has no length.
          points: {
            size: 5,
            fill: color(one.color),
            show: (plot: UPlot, index: number) => one.bars !== true && isSparse(plot.data[index]),
          },
          spanGaps: false,
          ...(one.bars === true ? { fill: color(one.color) } : {}),
          ...(one.bars === true && bars !== undefined ? { paths: bars } : {}),
          ...(one.dash === undefined ? {} : { dash: [...one.dash] }),
        })),
      ],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      hooks: { setCursor: [(one) => pointed(one.cursor.idx ?? null)] },
    },
    dataOf(at, series),
    box,
  );
}
