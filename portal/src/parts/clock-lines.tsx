/** The clocks of a dispute side by side on one line of days; the table holds the figures. */
import type { RegulatoryClock } from "../api/clock-types.ts";

import { clockLine } from "./clock-bars.ts";
import css from "./clocks.module.css";

export function ClockLines(props: {
  readonly clocks: readonly RegulatoryClock[];
  readonly asOf: string;
}) {
  const line = clockLine(props.clocks, props.asOf);
  if (line === null) return null;
  return (
    <figure className={css["lines"]} aria-label="Clocks over time; the table below has the days">
      <div className={css["days"]} aria-hidden>
        <span>{line.first}</span>
        <span>{line.last}</span>
      </div>
      {line.bars.map((bar) => (
        <div key={bar.key} className={css["line"]} aria-hidden>
          <span className={css["name"]}>{bar.label}</span>
          <span className={css["track"]}>
            <span
              className={css["bar"]}
              data-tone={bar.tone}
              style={{ left: `${bar.from}%`, width: `${bar.to - bar.from}%` }}
            />
            {bar.ended === null ? null : (
              <span
                className={css["ended"]}
                data-tone={bar.tone}
                style={{ left: `${bar.ended}%` }}
              />
            )}
            {line.today === null ? null : (
              <span className={css["today"]} style={{ left: `${line.today}%` }} />
            )}
          </span>
        </div>
      ))}
    </figure>
  );
}
