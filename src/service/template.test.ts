import { describe, expect, test } from "vitest";

import type { FieldFault } from "../kernel/failure.ts";
import type { RequestFacts } from "./template.ts";
import { compileTemplate } from "./template.ts";

const facts: RequestFacts = {
  common: {
    amount: "1234.50",
    amountMinor: "123450",
    "adjustment.memo": false,
    "adjustment.reverses": null,
    "claim.number": '2405230003C"}',
    "holder.number": "4000123412341234",
    "facts.network": "visa",
    today: "2026-11-16",
  },
  entries: [
    { "entry.rule": "Paid", "entry.amount": "1200.00" },
    { "entry.rule": "RefundFee", "entry.amount": "34.50" },
  ],
  overrides: [{ "override.code": "1005" }, { "override.code": "1017" }],
};

function compile(value: unknown) {
  const faults: FieldFault[] = [];
  const template = compileTemplate(value, "/body", faults);
  return { template, faults };
}

const render = (value: unknown): unknown => compile(value).template.render(facts);

describe("a template", () => {
  test.each([
    ["{{amount}}", "1234.50"],
    ["{{ amount | number }}", 1234.5],
    ["{{amountMinor | number}}", 123450],
    [{ $each: "overrides", as: "{{override.code}}" }, ["1005", "1017"]],
    ["{{adjustment.memo}}", false],
    ["{{adjustment.reverses}}", null],
    ["dispute {{claim.number}}!", 'dispute 2405230003C"}!'],
    ["{{adjustment.reverses}}-", "-"],
    ["{{facts.network | upper}}", "VISA"],
    ["{{facts.unheardOf}}", null],
    ["{{amountMinor | fill 10}}", "0000123450"],
    ["{{claim.number | digits | first 6}}", "240523"],
    ["{{amount | comma}}", "1234,50"],
    ["{{today | day}}.{{today | month}}.{{today | year}}", "16.11.2026"],
    ["{{entry.rule}}", "Paid"],
    [42, 42],
    [null, null],
  ])("%j renders as %j", (value, rendered) => {
    expect(compile(value).faults).toEqual([]);
    expect(render(value)).toEqual(rendered);
  });

  test("repeats for every entry", () => {
    const lines = { $each: "entries", as: { rule: "{{entry.rule}}", of: "{{amount}}" } };

    expect(render({ lines })).toEqual({
      lines: [
        { rule: "Paid", of: "1234.50" },
        { rule: "RefundFee", of: "1234.50" },
      ],
    });
  });

  test("chooses by a fact, and leaves out what is not there", () => {
    const value = {
      kind: { $if: "adjustment.memo", then: "memo", else: "money" },
      reverses: { $if: "adjustment.reverses", then: "{{adjustment.reverses}}" },
    };

    expect(render(value)).toEqual({ kind: "money" });
  });

  test("puts text into JSON, never JSON into JSON", () => {
    const body = JSON.stringify(render({ claim: "{{claim.number}}" }));

    expect(JSON.parse(body)).toEqual({ claim: '2405230003C"}' });
  });

  test("says when it names a whole account number", () => {
    expect(compile({ to: "{{holder.number}}" }).template.uses.has("number")).toBe(true);
    expect(compile({ to: "{{holder.account}}" }).template.uses.has("number")).toBe(false);
  });

  test("refuses a number that JSON cannot say exactly", () => {
    expect(() => render("{{claim.number | number}}")).toThrow(/does not fit a JSON number/);
    const long = { ...facts, common: { amount: "12345678901234.567" } };
    expect(() => compile("{{amount | number}}").template.render(long)).toThrow(/does not fit/);
  });

  test("keeps every digit of a whole number, and leaves a masked one as it is", () => {
    const { template } = compile("{{holder.number | number}}");
    const common = { "holder.number": "400012••••1234" };

    expect(template.render(facts)).toBe(4000123412341234n);
    expect(template.render({ ...facts, common, isMasked: true })).toBe("400012••••1234");
  });

  test.each([
    ["{{amout}}", "amout is not a fact of an adjustment"],
    ["{{constructor}}", "constructor is not a fact of an adjustment"],
    ["{{amount | evil}}", "evil is not a filter"],
    ["{{amount | first}}", "first is not a filter"],
    ["{{amount", "{{amount is not a placeholder"],
    ["{{1 + 1}}", "{{1 + 1}} is not a placeholder"],
  ])("refuses %j: %s", (value, detail) => {
    expect(compile({ field: value }).faults).toEqual([{ pointer: "/body/field", detail }]);
  });

  test.each([
    { $each: "accounts", as: 1 },
    { $each: "entries" },
    { $if: "amount" },
    { $if: "amount", then: 1, otherwise: 2 },
  ])("refuses %o", (value) => {
    expect(compile(value).faults).toHaveLength(1);
  });
});
