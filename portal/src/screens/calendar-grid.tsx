/** A month as a grid of days: windows as they stand in time, files as bars within them. */
import { Link } from "@tanstack/react-router";
import { CalendarClock, CircleCheck, CircleSlash, ClockAlert, FileCheck } from "lucide-react";

import type { BatchWindow, BatchWindows, WindowFile, WindowState } from "../api/batch-types.ts";
import { showAmount } from "../api/money.ts";
import type { Month } from "../parts/months.ts";
import { dayInWords } from "../parts/months.ts";
import { useNow } from "../ui/clock.ts";
import { FILE_LOOKS } from "../ui/states.ts";
import type { Look } from "../ui/states.ts";
import { dayIn } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

import css from "./batch-calendar.module.css";

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

const WINDOW_LOOKS: Readonly<Record<WindowState, Look>> = {
  ahead: { tone: "calm", icon: CalendarClock, word: "to come" },
  planned: { tone: "calm", icon: CalendarClock, word: "planned" },
  late: { tone: "bad", icon: ClockAlert, word: "late" },
  cut: { tone: "info", icon: FileCheck, word: "cut" },
  skipped: { tone: "calm", icon: CircleSlash, word: "skipped" },
  done: { tone: "good", icon: CircleCheck, word: "done" },
};

export function CalendarGrid(props: { readonly month: Month; readonly windows: BatchWindows }) {
  const { month, windows } = props;
  const todayIs = dayIn(useNow(), windows.zone);
  const most = Math.max(1, ...windows.items.flatMap((one) => one.files.map((f) => f.adjustments)));
  const show = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: windows.zone,
  });
  return (
    <div>
      <div className={css["weekdays"]} aria-hidden>
        {WEEKDAYS.map((day) => (
          <span key={day}>{day}</span>
        ))}
      </div>
      <ol className={css["days"]} aria-label="Days of the month">
        {month.weeks.flatMap((week, row) =>
          week.map((date, column) => {
            if (date === null) {
              return <li key={`${row} ${column}`} className={css["outside"]} aria-hidden />;
            }
            const own = windows.items.filter((window) => window.businessDate === date);
            return (
              <li
                key={date}
                data-empty={own.length === 0 || undefined}
                aria-current={date === todayIs ? "date" : undefined}
              >
                <time className={css["date"]} dateTime={date}>
                  <span aria-hidden>{Number(date.slice(8))}</span>
                  <span className={css["longDate"]}>{dayInWords(date)}</span>
                </time>
                {own.map((window) => (
                  <Window
                    key={`${window.cutOff} ${window.ordinal}`}
                    window={window}
                    time={show.format(Date.parse(window.cutAt))}
                    most={most}
                  />
                ))}
              </li>
            );
          }),
        )}
      </ol>
    </div>
  );
}

function Window(props: {
  readonly window: BatchWindow;
  readonly time: string;
  readonly most: number;
}) {
  const { window, time, most } = props;
  const look = WINDOW_LOOKS[window.state];
  const Icon = look.icon;
  const name = window.ordinal === 0 ? window.cutOff : "asked for";
  return (
    <div className={css["window"]} data-tone={look.tone} data-state={window.state}>
      <div className={css["windowHead"]} title={`${name}, posts ${window.postingDate}`}>
        <Icon size={13} aria-hidden />
        <strong>{time}</strong>
        <span>
          {look.word}
          {window.madeUp ? ", made up" : ""}
        </span>
        <span className={ui["hidden"]}>
          {name}, posts {window.postingDate}
        </span>
      </div>
      {window.files.map((file) => (
        <File key={file.id} file={file} most={most} />
      ))}
    </div>
  );
}

function File({ file, most }: { readonly file: WindowFile; readonly most: number }) {
  const { tone, word } = FILE_LOOKS[file.state];
  const { amount, currency } = file.amount;
  return (
    <Link
      className={css["file"]}
      to="/batches/$batch"
      params={{ batch: file.id }}
      data-tone={tone}
      title={`${word}: ${file.adjustments} adjustments, ${showAmount(amount)} ${currency}`}
    >
      <span className={css["fileWords"]}>
        <b>#{file.sequence}</b> {showAmount(amount)} {currency}
      </span>
      <span className={ui["hidden"]}>
        {word}, {file.adjustments} adjustments
      </span>
      <span className={css["track"]} aria-hidden>
        <span style={{ width: `${(file.adjustments / most) * 100}%` }} />
      </span>
    </Link>
  );
}
