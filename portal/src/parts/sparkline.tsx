/** Calls of the last minutes, small: what went through stands on the line, the rest above it. */
import type { CallSeries } from "./calls-over-time.ts";
import { CALL_GROUPS } from "./calls-over-time.ts";
import css from "./service.module.css";

const HEIGHT = 26;
const STEP = 3;

export function Sparkline({ series }: { readonly series: CallSeries }) {
  const good = CALL_GROUPS.findIndex(({ name }) => name === "refused");
  const all = series.tops.at(-1) ?? [];
  const most = Math.max(1, ...all);
  const calls = all.reduce((sum, one) => sum + one, 0);
  const heightOf = (count: number): number =>
    count === 0 ? 0 : Math.max(1.5, (count / most) * (HEIGHT - 2));
  return (
    <svg
      className={css["spark"]}
      viewBox={`0 0 ${Math.max(1, all.length) * STEP} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${calls.toLocaleString("en-US")} calls, at most ${most} a minute`}
    >
      <line x1={0} x2="100%" y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
      {all.map((top, index) => {
        const through = series.tops[good - 1]?.[index] ?? 0;
        const whole = heightOf(top);
        const lower = top === 0 ? 0 : (through / top) * whole;
        return top === 0 ? null : (
          <g key={series.at[index]}>
            <rect
              data-part="through"
              x={index * STEP}
              width={STEP - 0.8}
              y={HEIGHT - lower}
              height={lower}
            />
            <rect
              data-part="rest"
              x={index * STEP}
              width={STEP - 0.8}
              y={HEIGHT - whole}
              height={whole - lower}
            />
          </g>
        );
      })}
    </svg>
  );
}
