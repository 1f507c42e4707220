/** The regulatory clocks of a dispute: each with its day, what is left, and its paragraph. */
import { useQuery } from "@tanstack/react-query";
import { Timer } from "lucide-react";

import { disputeClocksQuery } from "../api/clock-queries.ts";
import type { ClocksOfDispute, RegulatoryClock } from "../api/clock-types.ts";
import type { Numbered } from "../api/queries.ts";
import { ClockLines } from "../parts/clock-lines.tsx";
import { CLOCK_LOOKS, leftWords, WARNED } from "../parts/clock-looks.ts";
import css from "../parts/clocks.module.css";
import { Answer, Empty } from "../ui/answers.tsx";
import { Badge } from "../ui/badge.tsx";
import { Table } from "../ui/panel.tsx";
import { inWords, spokenWork } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

import { CreditTable } from "./automatic-credits.tsx";

export function DisputeClocks({ dispute }: { readonly dispute: Numbered }) {
  const query = useQuery(disputeClocksQuery(dispute));
  return (
    <Answer query={query} what="the clocks">
      {(given) => <Shown given={given} />}
    </Answer>
  );
}

function Shown({ given }: { readonly given: ClocksOfDispute }) {
  const { clocks, asOf, automaticCredits } = given;
  if (clocks.length === 0) {
    return (
      <Empty title="No regulatory clock runs on this dispute" icon={Timer}>
        <p>
          Clocks come with the facts of the dispute: its <em>regulation</em>, or an ACH claim. They
          are data of the rule book, in <code>clocks.yaml</code>.
        </p>
      </Empty>
    );
  }
  return (
    <>
      <div className={ui["panelBody"]}>
        <ClockLines clocks={clocks} asOf={asOf} />
      </div>
      <Table label="Regulatory clocks">
        <thead>
          <tr>
            <th>Clock</th>
            <th>State</th>
            <th>By</th>
            <th>What happened</th>
            <th>Paragraph</th>
          </tr>
        </thead>
        <tbody>
          {clocks.map((clock) => (
            <Row key={`${clock.round}-${clock.clock}`} clock={clock} asOf={asOf} />
          ))}
        </tbody>
      </Table>
      {automaticCredits.length === 0 ? null : <CreditTable credits={automaticCredits} />}
    </>
  );
}

function Row({ clock, asOf }: { readonly clock: RegulatoryClock; readonly asOf: string }) {
  const isWarned = clock.state === "running" && clock.warnOn !== null && clock.warnOn <= asOf;
  return (
    <tr>
      <td style={{ minWidth: 170 }}>
        <strong>{clock.title}</strong>
        <div className={ui["soft"]}>
          {clock.regulation}
          {clock.round === 1 ? "" : ` · reasserted, round ${clock.round}`}
          {clock.length === null ? "" : ` · ${clock.length}`}
        </div>
      </td>
      <td>
        <Badge look={isWarned ? WARNED : CLOCK_LOOKS[clock.state]} />
      </td>
      <td style={{ minWidth: 130 }}>
        {clock.dueOn ?? "–"}
        <div className={ui["soft"]}>{leftWords(clock.businessDaysLeft)}</div>
      </td>
      <td style={{ minWidth: 200 }}>
        {clock.startsOn === null ? (
          <span className={ui["soft"]}>It has not begun</span>
        ) : (
          <div>
            From {clock.startsOn}: {wordsOf(clock.startedBy)}
          </div>
        )}
        {clock.endedOn === null ? null : (
          <div>
            {clock.endedOn}: {wordsOf(clock.endedBy)}
          </div>
        )}
        {clock.reasons.map((reason) => (
          <div key={`${reason.dueOn} ${reason.stage}`}>Why: {spokenWork(reason.words)}</div>
        ))}
        {clock.because.map((words) => (
          <div key={words} className={ui["soft"]}>
            {words}
          </div>
        ))}
      </td>
      <td style={{ minWidth: 280 }}>
        <div className={css["law"]}>
          <span>{clock.citation}</span>
          <span className={ui["soft"]}>{clock.paragraph}</span>
        </div>
      </td>
    </tr>
  );
}

/** A fact's name as words; what is words already stays. */
function wordsOf(by: string | null): string {
  if (by === null) return "";
  return by.includes(" ") ? by : inWords(by).toLowerCase().replace(/ on$/, "");
}
