/** What happened, newest first: who, when, why, and what the outside world said. */
import { Link } from "@tanstack/react-router";

import { ADJUSTMENT_LOOKS, inWords } from "../ui/states.ts";
import type { Transition } from "../api/types.ts";
import { Empty } from "../ui/answers.tsx";
import { AdjustmentBadge, When } from "../ui/badge.tsx";
import ui from "../ui/ui.module.css";

import css from "./parts.module.css";

export interface TimelineItem extends Transition {
  /** What it happened to, where several things share the timeline. */
  readonly of?: string;
}

export function Timeline({ items }: { readonly items: readonly TimelineItem[] }) {
  if (items.length === 0) {
    return (
      <Empty title="Nothing has happened yet">
        <p>Each change of state appears here with who, when and why.</p>
      </Empty>
    );
  }
  // The API tells them in order: of two at one instant the later one stands above.
  const sorted = items
    .toReversed()
    .toSorted((one, other) => other.recordedAt.localeCompare(one.recordedAt));
  return (
    <ol className={css["timeline"]}>
      {sorted.map((item) => (
        <Happened key={`${item.of ?? ""}${item.recordedAt}${item.event}`} item={item} />
      ))}
    </ol>
  );
}

function Happened({ item }: { readonly item: TimelineItem }) {
  const { tone, icon: Icon } = ADJUSTMENT_LOOKS[item.to];
  return (
    <li>
      <span className={css["dot"]} data-tone={tone}>
        <Icon size={17} aria-hidden />
      </span>
      <div>
        <div className={ui["row"]}>
          <strong>{inWords(item.event)}</strong>
          <AdjustmentBadge state={item.to} />
          {item.of === undefined ? null : <span className={ui["soft"]}>{item.of}</span>}
        </div>
        <div className={ui["soft"]}>
          {item.actor} · <When at={item.recordedAt} />
        </div>
        {item.reason === null ? null : <div>{item.reason}</div>}
        {item.outside === null ? null : (
          <div className={css["outside"]}>
            {outsideWords(item.outside)}
            <ReturnLink file={item.outside["returnFile"]} />
          </div>
        )}
      </div>
    </li>
  );
}

function ReturnLink({ file }: { readonly file: unknown }) {
  if (typeof file !== "string") return null;
  return (
    <>
      {" · "}
      <Link to="/batches/returns/$return" params={{ return: file }}>
        the return file
      </Link>
    </>
  );
}

const IDS: ReadonlySet<string> = new Set(["attempt", "file", "returnFile"]);

/** Which attempt or file it was is reached from elsewhere; what is not so says nothing. */
function outsideWords(outside: Readonly<Record<string, unknown>>): string {
  return Object.entries(outside)
    .filter(([name, value]) => value !== null && value !== false && !IDS.has(name))
    .map(([name, value]) =>
      value === true
        ? inWords(name)
        : `${inWords(name)}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
    )
    .join(" · ");
}
