/** Deny Debit Date, both notice models: the reference's vectors (b.1) through operations. */
import { describe, expect, it } from "vitest";

import type { MemoryBook, MemoryOptions } from "../../test/support/memory-book.ts";
import { memoryBook } from "../../test/support/memory-book.ts";
import { businessCalendar } from "../kernel/calendar.ts";

const OWN_HOLIDAY = businessCalendar({
  holidays: "federal-reserve",
  zone: "America/New_York",
  closedDays: ["2026-07-03"],
});

/** A dispute that was credited, and denied on notice, on the day given. */
function denied(options: MemoryOptions & { readonly deny?: object } = {}): MemoryBook {
  const { deny = {}, ...more } = options;
  const dispute = memoryBook(more);
  dispute.run("issueProvisionalCredit");
  dispute.outside("ProvisionalCredit", "attested");
  dispute.run("denyDispute", { ...deny });
  return dispute;
}

function debitOf(dispute: MemoryBook) {
  const { state, plannedPostingDate, hold, entries } = dispute.latest("DenyDispute");
  return { state, plannedPostingDate, hold: hold?.reason ?? null, entries };
}

describe("way 2: a notice of a future debit", () => {
  it.each([
    ["2026-06-26", "2026-07-03", "2026-07-06"],
    ["2026-11-20", "2026-11-30", "2026-11-30"],
    ["2026-12-21", "2026-12-29", "2026-12-29"],
    ["2027-07-01", "2027-07-09", "2027-07-09"],
  ])("sent %s posts on %s, with a holiday of its own on %s", (sentOn, day, withOwnHoliday) => {
    for (const [calendar, expected] of [
      [undefined, day],
      [OWN_HOLIDAY, withOwnHoliday],
    ] as const) {
      const dispute = denied({ startsOn: sentOn, ...(calendar === undefined ? {} : { calendar }) });
      dispute.run("recordNoticeSent");
      while (dispute.context.calendar.addDays(dispute.today(), 1) < expected) {
        dispute.pass(1);
        expect(debitOf(dispute).state).toBe("planned");
      }

      dispute.pass(1);

      expect(debitOf(dispute)).toMatchObject({
        state: "pendingManual",
        plannedPostingDate: expected,
      });
      expect(dispute.book.denials[0]).toMatchObject({
        debitDate: expected,
        honorFrom: null,
        honorUntil: null,
      });
    }
  });

  it("is never named earlier than the law, in the past or on a closed day", () => {
    const dispute = denied();

    for (const debitDate of ["2026-11-20", "2026-11-28", "2026-11-15"]) {
      expect(dispute.refusal("recordNoticeSent", { debitDate })).toBe("date-invalid");
    }
    expect(dispute.refusal("recordNoticeSent", { debitDate: "2026-11-24" })).toBeNull();
  });

  it("sent too late for the day that the letter names is void: a new letter names another", () => {
    const dispute = denied({ deny: { debitDate: "2026-11-23" } });
    dispute.pass(1);

    dispute.run("recordNoticeSent");

    expect(debitOf(dispute).hold).toBe("denyDebitDate");
    expect(dispute.book.denials[0]).toMatchObject({
      noticeSentOn: null,
      debitDate: null,
      dateNamed: "2026-11-24",
    });
    expect(dispute.latest("DenyDispute").hold?.note).toMatch(/too late for 2026-11-23/);
    dispute.pass(6);
    expect(debitOf(dispute).state).toBe("planned");
    expect(dispute.refusal("performDebit")).toBe("operation-not-allowed");

    dispute.run("recordNoticeSent", { debitDate: "2026-12-01" });
    dispute.pass(8);

    expect(debitOf(dispute)).toMatchObject({ plannedPostingDate: "2026-12-01" });
    expect(dispute.book.state).toBe("denied");
  });

  it("whose letter is sent in time posts on the day that it names", () => {
    const dispute = denied({ deny: { debitDate: "2026-11-30" } });

    dispute.run("recordNoticeSent");
    dispute.pass(13);
    expect(debitOf(dispute).state).toBe("planned");
    dispute.pass(1);

    expect(debitOf(dispute)).toMatchObject({ state: "pendingManual" });
  });

  it("keeps its day through an approval; approved after it, a new letter is needed", () => {
    const settings = { approvals: { denyDispute: [{ above: "0", levels: 1 }] } };
    const inTime = denied({ settings });
    inTime.run("recordNoticeSent");
    inTime.approve("DenyDispute");
    inTime.pass(7);
    expect(debitOf(inTime)).toMatchObject({ plannedPostingDate: "2026-11-23" });
    expect(inTime.book.state).toBe("denied");

    const late = denied({ settings });
    late.run("recordNoticeSent");
    late.pass(8);
    late.approve("DenyDispute");
    late.pass(1);

    expect(debitOf(late).state).toBe("planned");
    expect(late.latest("DenyDispute").hold?.note).toMatch(/2026-11-23, went by: send a new letter/);
  });

  it("that waits for the credit past its day needs a new letter", () => {
    const dispute = memoryBook();
    dispute.run("issueProvisionalCredit", { fees: "5.00" });
    dispute.outside("ProvisionalCredit", "couldNotPost");
    dispute.run("denyDispute");
    dispute.run("recordNoticeSent");
    dispute.pass(8);
    expect(debitOf(dispute)).toMatchObject({ state: "planned", hold: "creditNotPosted" });

    dispute.outside("ProvisionalCredit", "attested");

    expect(debitOf(dispute)).toMatchObject({ state: "planned", hold: "denyDebitDate" });
    dispute.run("recordNoticeSent");
    dispute.pass(9);
    expect(debitOf(dispute).state).toBe("pendingManual");
  });

  it("stops for review where less is left on its day than the letter says", () => {
    const settings = { batchProfiles: { core: { layout: "plain-csv" } } };
    const dispute = memoryBook({ settings });
    dispute.run("issueProvisionalCredit", { fees: "5.00" });
    dispute.outside("ProvisionalCredit", "takenIntoFile");
    dispute.outside("ProvisionalCredit", "handedOver");
    dispute.run("denyDispute");
    dispute.run("recordNoticeSent");
    const frozen = dispute.planned();
    dispute.outside("ProvisionalCredit", "returned");
    dispute.cancel("ProvisionalCredit");
    dispute.pass(6);
    expect(dispute.planned()).toEqual(frozen);

    dispute.pass(1);

    expect(debitOf(dispute)).toMatchObject({ state: "planned", hold: "custom" });
    expect(dispute.latest("DenyDispute").hold).toMatchObject({ asksPerson: true });
    expect(dispute.planned()).toEqual(frozen);
  });

  it("of the offset opens it now, and debits it on the day", () => {
    const dispute = denied({ deny: { debitOn: "offset" } });
    expect(dispute.latest("CustomerOffsetOpen").state).toBe("pendingManual");
    expect(dispute.latest("CustomerOffsetDebit").state).toBe("planned");

    dispute.run("recordNoticeSent");
    dispute.pass(7);

    expect(dispute.latest("CustomerOffsetDebit").state).toBe("pendingManual");
    expect(dispute.balances()["customerOffset"]).toBeUndefined();
  });

  it("under Reg Z may be on the day of the notice", () => {
    const dispute = denied({ facts: { regulation: "Z" }, deny: { debitOn: "noticeDate" } });

    dispute.run("recordNoticeSent", { debitDate: dispute.today() });
    dispute.pass(0);
    dispute.runDue();

    expect(debitOf(dispute).state).toBe("pendingManual");
  });
});

describe("way 1: debited now, with the honoring window", () => {
  it.each([
    ["2026-06-26", "2026-07-03"],
    ["2026-11-20", "2026-11-30"],
    ["2026-12-21", "2026-12-29"],
    ["2027-07-01", "2027-07-09"],
  ])("debited with the notice of %s honours through %s", (startsOn, until) => {
    const dispute = denied({ startsOn, deny: { debitOn: "now" } });

    expect(debitOf(dispute).state).toBe("pendingManual");
    expect(dispute.book.denials[0]).toMatchObject({ honorFrom: startsOn, honorUntil: until });
  });

  it("whose notice goes later is counted from the notice", () => {
    const dispute = denied({ deny: { debitOn: "now" } });
    dispute.pass(1);

    dispute.run("recordNoticeSent");

    expect(dispute.book.denials[0]).toMatchObject({
      noticeSentOn: "2026-11-17",
      honorFrom: "2026-11-17",
      honorUntil: "2026-11-24",
    });
    expect(dispute.refusal("recordNoticeSent")).toBe("operation-not-allowed");
  });

  it("performed before its day, with a second person, records the window from its notice", () => {
    const dispute = denied();
    expect(dispute.refusal("performDebit")).toBe("operation-not-allowed");
    dispute.run("recordNoticeSent");
    dispute.pass(1);

    dispute.run("performDebit");
    expect(debitOf(dispute).state).toBe("awaitingApproval");
    expect(dispute.book.denials[0]?.honorUntil).toBeNull();
    dispute.approve("DenyDispute");

    expect(debitOf(dispute)).toMatchObject({
      state: "pendingManual",
      plannedPostingDate: "2026-11-17",
    });
    // The day in the letter is not changed.
    expect(dispute.book.denials[0]).toMatchObject({
      debitDate: "2026-11-23",
      honorFrom: "2026-11-16",
      honorUntil: "2026-11-23",
    });
  });

  it("is not recorded outside Reg E, nor of a withdrawal", () => {
    const underZ = denied({ facts: { regulation: "Z" } });
    const withdrawn = memoryBook();
    withdrawn.run("issueProvisionalCredit");
    withdrawn.outside("ProvisionalCredit", "attested");
    withdrawn.run("withdrawDispute");

    for (const { book } of [underZ, withdrawn]) expect(book.denials[0]?.honorUntil).toBeNull();
  });
});

describe("cancel denial", () => {
  it("gives the credit back its place, before and after the notice", () => {
    for (const notice of [false, true]) {
      const dispute = denied({ deny: { debitOn: "offset" } });
      if (notice) dispute.run("recordNoticeSent");

      dispute.run("cancelDenial");
      dispute.pass(10);

      expect(dispute.book.state).toBe("provisionallyCredited");
      expect(dispute.latest("CustomerOffsetDebit").state).toBe("cancelled");
      expect(dispute.balances()["accountHolder"]).toBe("100.00");
      expect(dispute.balances()["customerOffset"]).toBeUndefined();
    }
  });
});
