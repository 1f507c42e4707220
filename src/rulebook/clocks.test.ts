/** Clocks as data: what load refuses, what a client's book may change, the page written of them. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { format } from "prettier";
import { describe, expect, it } from "vitest";

import { parseLayer } from "./book.ts";
import { CLOCKS_PAGE, clocksPage } from "./clocks-page.ts";
import { loadBook, requireRuleBook } from "./load.ts";
import { loadRuleBook, readBook, STANDARD_BOOK } from "./read.ts";
import { recordableFacts } from "./recordable-facts.ts";
import { describe as words } from "./source.ts";

const standard = requireRuleBook(await loadRuleBook(STANDARD_BOOK));

/** The standard book with a client's `clocks.yaml` on top. */
async function withClocks(text: string) {
  const { book } = await readBook(STANDARD_BOOK);
  const header = "id: bank\nversion: 1\ntitle: Bank\nextends: standard\n";
  const files = new Map([
    ["book.yaml", header],
    ["clocks.yaml", text],
  ]);
  return loadBook({ layers: [...book.layers, parseLayer("bank", files, [])], isComplete: true });
}

describe("clocks of a rule book", () => {
  it("may be changed, added and taken out by a client's book", async () => {
    const text = `clocks:
  regEProvisionalCredit: { warn: { businessDays: 5 } }
  nachaReturn: { disabled: true }
  promise:
    title: Our own promise
    regulation: Promise
    citation: terms of account
    paragraph: An answer within seven days.
    starts: [{ fact: noticeReceivedOn }]
    lengths: [{ calendarDays: 7 }]
    metBy: [{ fact: resultsReportedOn }]
    warn: { calendarDays: 2 }
`;

    const { clocks, changes } = requireRuleBook(await withClocks(text));

    expect(clocks.get("regEProvisionalCredit")).toMatchObject({
      warn: { businessDays: 5 },
      citation: "12 CFR 1005.11(c)(1), (c)(2)(i)",
    });
    expect([clocks.has("nachaReturn"), clocks.has("promise")]).toEqual([false, true]);
    expect(changes.map((one) => [one.record, one.kind])).toEqual(
      expect.arrayContaining([
        ["regEProvisionalCredit", "changed"],
        ["nachaReturn", "disabled"],
        ["promise", "added"],
      ]),
    );
  });

  it.each([
    ["regZAcknowledge: { lengths: [{ calendarDays: 3, businessDays: 3 }] }", /business days or/],
    ["regZAcknowledge: { starts: [{ fact: nothing }] }", /unknown fact "nothing"/],
    ["regZAcknowledge: { starts: [{ fact: network }] }", /"network" is no date/],
    ["regZAcknowledge: { when: [{ fact: regulation, is: Q }] }", /not one of E, Z, none/],
    ["regZAcknowledge: { when: [{ fact: fraud, is: maybe }] }", /"fraud" is boolean/],
    [
      "regZAcknowledge: { lengths: [{ calendarDays: 9, when: [{ fact: fraud, is: true }] }] }",
      /has to hold always/,
    ],
    ["regZAcknowledge: { lengths: [{ calendarDays: 9 }, { calendarDays: 8 }] }", /never reached/],
    ["regZAcknowledge: { stoppedBy: [rain] }", /not one of/],
  ])("refuse %s", async (record, reason) => {
    const { rulebook, problems } = await withClocks(`clocks:\n  ${record}\n`);

    expect(rulebook).toBeNull();
    expect(problems.map(words).join("\n")).toMatch(reason);
    expect(problems.every((one) => one.file === "clocks.yaml" && one.line > 1)).toBe(true);
  });

  it("say where each comes from, and let be recorded what does not choose the clock", () => {
    for (const clock of standard.clocks.values()) {
      expect(clock.citation).toMatch(/CFR|Nacha/);
      expect(clock.paragraph.length).toBeGreaterThan(40);
    }
    const { all, moments } = recordableFacts(standard.clocks);
    expect(all.has("pointOfSale") && all.has("writtenConfirmationReceivedOn")).toBe(true);
    expect(all.has("regulation") || all.has("claimType")).toBe(false);
    expect(moments.has("resultsReportedOn") && !moments.has("secondBillingCycleEndsOn")).toBe(true);
  });

  it("are what the reference page says: run tools/write-clocks-page.ts", async () => {
    const written = await readFile(join(import.meta.dirname, "../..", CLOCKS_PAGE), "utf8");

    expect(written).toBe(await format(clocksPage(standard), { parser: "markdown" }));
  });
});
