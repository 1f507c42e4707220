/** What happened to an assignment as work: who took, gave, pended or marked it, when and why. */
import { useQuery } from "@tanstack/react-query";

import type { WorkEvent } from "../api/work-queries.ts";
import { workHistoryQuery } from "../api/work-queries.ts";
import { Answer } from "../ui/answers.tsx";
import { When } from "../ui/badge.tsx";
import ui from "../ui/ui.module.css";

import css from "./parts.module.css";

export function WorkHistory({ id }: { readonly id: string }) {
  const query = useQuery(workHistoryQuery(id));
  return (
    <section aria-label="History of this work">
      <h3>History of this work</h3>
      <Answer query={query} what="the history">
        {(events) => (
          <ol className={css["workEvents"]}>
            {together(events).map(({ event, times }, index) => (
              <li key={`${event.at} ${event.kind} ${index}`}>
                <div>
                  <strong>{sentence(event.what)}</strong>{" "}
                  <span className={ui["soft"]}>
                    {inWords(event)}
                    {times === 1 ? "" : ` · ${times} times`}
                  </span>
                </div>
                <div className={ui["soft"]}>
                  {event.actor} · <When at={event.at} />
                </div>
                {event.reason === null ? null : <div>{event.reason}</div>}
                {event.action === null ? null : <div>It did: {event.action}</div>}
              </li>
            ))}
          </ol>
        )}
      </Answer>
    </section>
  );
}

/** Newest first; what only repeats itself is one line with how often. */
function together(events: readonly WorkEvent[]): readonly { event: WorkEvent; times: number }[] {
  const lines: { event: WorkEvent; times: number }[] = [];
  for (const event of events.toReversed()) {
    const last = lines.at(-1);
    if (last !== undefined && sameness(last.event) === sameness(event)) last.times += 1;
    else lines.push({ event, times: 1 });
  }
  return lines;
}

function sameness({ at: _at, ...rest }: WorkEvent): string {
  return JSON.stringify(rest);
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function inWords({ kind, assignee, workGroup, urgency }: WorkEvent): string {
  if (kind === "rose") return `urgency ${urgency}`;
  if (kind === "assigned" || kind === "reassigned" || kind === "escalated") {
    return `to ${assignee === null ? workGroup : `${assignee}, ${workGroup}`}`;
  }
  return kind === "opened" ? workGroup : "";
}
