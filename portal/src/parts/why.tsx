/**
 * The record's answer to "why was this posted?": rule, rule-book version, table rows, who, when.
 */
import type { Entry } from "../api/types.ts";
import { Facts } from "../ui/panel.tsx";
import { inWords } from "../ui/states.ts";
import { showInstant } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

export function WhyEntry(props: { readonly entry: Entry; readonly route?: string | null }) {
  const { entry, route = null } = props;
  return (
    <div className={ui["quiet"]}>
      <Facts
        items={[
          ["Rule", `${entry.label} (${entry.rule})`],
          ["Operation", inWords(entry.operation)],
          ["Rule book", entry.rulebook],
          ["Accounts chosen by", entry.chosenBy.join(", ")],
          ["Route chosen by", route],
          ["Processing", entry.processing === "track" ? "Tracked: others moved it" : "Executed"],
          ["Kind", entry.kind === "original" ? null : inWords(entry.kind)],
          ["By", entry.actor],
          ["Recorded", showInstant(entry.recordedAt)],
        ]}
      />
    </div>
  );
}
