/** The nearest regulatory clock in a few words: what it is, its day, and how near that is. */
import { ClockAlert, Timer } from "lucide-react";

import type { NearestClock } from "../api/types.ts";
import ui from "../ui/ui.module.css";

import { leftWords } from "./clock-looks.ts";

export function Nearest({ clock }: { readonly clock: NearestClock | null }) {
  if (clock === null) return null;
  const Icon = clock.isWarned ? ClockAlert : Timer;
  const left = leftWords(clock.businessDaysLeft);
  return (
    <span
      className={ui["due"]}
      data-lateness={clock.isWarned ? "soon" : "later"}
      title={`${clock.regulation}, ${clock.title}: by ${clock.dueOn}, ${left}`}
    >
      <Icon size={13} aria-hidden />
      {clock.dueOn}
      <span className={ui["hidden"]}>
        {" "}
        {clock.regulation}, {clock.title}, {left}
      </span>
    </span>
  );
}
