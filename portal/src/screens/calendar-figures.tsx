/** The month in figures: how many windows ended how, and what left. */
import type { BatchWindow } from "../api/batch-types.ts";
import css from "../parts/service.module.css";

export function CalendarFigures({ windows }: { readonly windows: readonly BatchWindow[] }) {
  const count = (...states: readonly BatchWindow["state"][]): number =>
    windows.filter((window) => states.includes(window.state)).length;
  const files = windows.flatMap((window) => window.files);
  const live = files.filter((file) => file.state !== "void");
  const figures = [
    ["Files", live.length, undefined],
    ["Adjustments in them", live.reduce((sum, file) => sum + file.adjustments, 0), undefined],
    ["Windows cut", count("cut", "done"), undefined],
    ["Skipped", count("skipped"), undefined],
    ["Made up late", windows.filter((window) => window.madeUp).length, "warn"],
    ["Late", count("late"), "bad"],
    ["To come", count("ahead", "planned"), undefined],
  ] as const;
  return (
    <dl className={css["figures"]}>
      {figures.map(([name, value, tone]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd data-tone={value === 0 ? undefined : tone}>{value.toLocaleString("en-US")}</dd>
        </div>
      ))}
    </dl>
  );
}
