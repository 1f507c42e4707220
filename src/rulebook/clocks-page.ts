/** The reference page of regulatory clocks: written from the book, so that it says what runs. */
import type { ClockExemption, ClockLength, ClockMoment, ClockTest } from "./clocks.ts";
import type { RegulatoryClock } from "./clocks.ts";
import type { RuleBook } from "./load.ts";
import { recordableFacts } from "./recordable-facts.ts";

export const CLOCKS_PAGE = "docs/reference/clocks.md";

export function clocksPage({ clocks, facts }: RuleBook): string {
  const list = [...clocks.values()];
  const recordable = [...recordableFacts(clocks).all].sort();
  return [
    "# Regulatory clocks",
    "",
    "<!-- Written by tools/write-clocks-page.ts from the standard rule book; do not edit. -->",
    "",
    ...INTRODUCTION,
    "",
    ...list.flatMap(sectionOf),
    "## Facts that may be recorded later",
    "",
    "`recordRegulatoryFact` records them on a dispute in any state; it books nothing.",
    "",
    "| Fact | Type | Meaning |",
    "| --- | --- | --- |",
    ...recordable.map((name) => {
      const fact = facts.get(name);
      return `| \`${name}\` | ${fact?.type ?? ""} | ${fact?.meaning ?? ""} |`;
    }),
    "",
    ...SETTINGS,
    "",
  ].join("\n");
}

const INTRODUCTION = [
  "A clock starts at a fact, never at the opening of the case; the day it starts on is not",
  "counted. Business days are those of the client's own calendar, back office included (12",
  "CFR 1005.2(d)). It is met by a posting date of the system of record, not by a request.",
  "",
  "A fact that nobody gave is unknown, not false: of the lengths that may hold, the one",
  "that ends first does, and the clock says which facts are missing. Facts that contradict",
  "each other count as unknown. Without a day of notice a clock counts from the day the",
  "case came in, says so, and is warned of at once.",
  "",
  "Deciding stops the clocks. A reopening starts them anew only when it says on which day",
  "the holder reasserted the error (`reassertedOn`); a decision that is taken back lets",
  "them run on.",
  "",
  "A client's own book may change, add or disable any clock (`clocks.yaml`, merged by",
  "name).",
];

const SETTINGS = [
  "## Settings of a client",
  "",
  "| Setting | Default | Meaning |",
  "| --- | --- | --- |",
  "| `clocks.countsDayOfReceipt` | false | the day a clock starts on is its first day |",
  "| `clocks.disabled` | none | clocks that are not kept here, e.g. of letters sent elsewhere |",
  "| `clocks.automaticProvisionalCredit` | false | Redress issues what nobody issued in time |",
  "| `clocks.automaticFinalCredit` | false | Redress pays what nobody decided in time |",
  "| `clocks.manualLeadBusinessDays` | 2 | how long a person takes to post by hand |",
  "| `clocks.marginBusinessDays` | 0 | how long before its day a credit is to post |",
  "",
  "Each clock is warned of once when its lead begins and once when it was missed: a row",
  "that stays, an event (`resolution.clock.warned.v1`, `resolution.clock.missed.v1`), and",
  "the open assignments of the dispute rise to an urgency of 70 and 90.",
  "",
  "A clock that was missed says why, once: what of the dispute was waiting when its last",
  "day ended (assignment, state of the movement, who had it, until when it was pended,",
  "whether its service was out), what posted late, and why the machine could not credit.",
  "It is read from the history as of that moment, however late it is looked at. Met late,",
  "it says so beside it (`resolution.clock.metLate.v1`). Both are in `reasons` of a",
  "dispute's clocks, in `reason` of `/v1/regulatory-clocks?state=missed` and of the events.",
  "",
  "A credit by the machine is written into the operations inbox early enough that its",
  "predicted posting date meets the day: through a service on the day itself, by batch",
  "twelve hours before the last departure whose posting date does, by hand after the lead.",
  "The worker decides nothing itself: amount, route and refusals are those of the",
  "operation. It goes before other due work and waits for a person's approval afterwards",
  "(`/v1/automatic-credits`); declining undoes nothing by itself. A provisional credit that",
  "was missed is made up for and marked late; a final credit is not.",
  "",
  "`PUT /v1/clients/{client}/clocks` changes these settings, checked before they are saved",
  "and audited with the difference. Whoever switched a credit by the machine on has a hand in",
  "every credit that it issues from then on: they do not approve it, nor does whoever is tied",
  "to them by a delegation. What was switched on before that was kept is in nobody's name.",
  "",
  "A decision of which nothing stands stops no clock: it is not agreed on yet, or all that it",
  "was to move was declined or cancelled.",
];

function sectionOf(clock: RegulatoryClock): string[] {
  return [
    `## ${clock.regulation}: ${clock.title}`,
    "",
    `\`${clock.id}\` · ${clock.citation}`,
    "",
    clock.paragraph,
    "",
    "| | |",
    "| --- | --- |",
    `| For | ${wordsOf(clock.when)} |`,
    `| Starts | ${clock.starts.map(momentWords).join("; else ")} |`,
    ...clock.lengths.map((length) => `| Runs | ${lengthWords(length)} |`),
    `| Met by | ${clock.metBy.map(momentWords).join(", or ")} |`,
    ...(clock.stoppedBy.length > 0 ? [`| Stopped by | ${clock.stoppedBy.join(", ")} |`] : []),
    ...clock.exempt.map((one) => `| Exempt | ${exemptWords(one)} |`),
    ...(clock.mayWithhold === undefined
      ? []
      : [`| May withhold | up to ${clock.mayWithhold.upTo}, ${wordsOf(clock.mayWithhold.when)} |`]),
    `| Warned | ${leadWords(clock)} |`,
    ...(clock.automatic === undefined ? [] : [`| By the machine | ${clock.automatic} |`]),
    "",
  ];
}

function momentWords(moment: ClockMoment): string {
  return "fact" in moment ? `\`${moment.fact}\`` : moment.event;
}

function lengthWords(length: ClockLength): string {
  const days =
    length.businessDays === undefined
      ? `${length.calendarDays ?? 0} calendar days`
      : `${length.businessDays} business days`;
  return [
    days,
    ...(length.thenBusinessDay === true ? ["then to the next business day"] : []),
    ...(length.notAfter === undefined ? [] : [`or until \`${length.notAfter}\` if earlier`]),
    ...(length.when === undefined ? [] : [`where ${wordsOf(length.when)}`]),
    ...(length.citation === undefined ? [] : [`(${length.citation})`]),
  ].join(", ");
}

function exemptWords(one: ClockExemption): string {
  const late = one.onceDue === true ? ", known only when the time is up" : "";
  return `${one.because}${late} (${one.citation})`;
}

function leadWords({ warn }: RegulatoryClock): string {
  return "businessDays" in warn
    ? `${warn.businessDays} business days before`
    : `${warn.calendarDays} calendar days before`;
}

function wordsOf(tests: readonly ClockTest[] | undefined): string {
  return (tests ?? []).map(testWords).join(" and ") || "every dispute";
}

function testWords(test: ClockTest): string {
  if ("agree" in test) return `(${test.agree.map(testWords).join(", as well as ")})`;
  if ("anyOf" in test) return test.anyOf.map(testWords).join(" or ");
  if ("is" in test) return `\`${test.fact}\` is ${String(test.is)}`;
  return `\`${test.fact}\` within ${test.withinDays} days after \`${test.after}\``;
}
