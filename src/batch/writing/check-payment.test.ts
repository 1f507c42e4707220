import { describe, expect, test } from "vitest";

import { PAIN_VALUES } from "../../../test/support/trial-file.ts";
import type { Layout, XmlLayout } from "../../formats/layout.ts";
import { emptyFileFaults, ownAccountFaults, sendsEmptyFile } from "./check-payment.ts";
import { layoutSources } from "./layout-sources.ts";
import { layoutOf, shippedLayouts } from "./layouts.ts";

const { account, ...NO_ACCOUNT } = PAIN_VALUES;
const IBAN = "DE89370400440532013000";

function layoutNamed(layout: string | Record<string, unknown>): Layout {
  return layoutOf({ name: "core", layout, values: PAIN_VALUES }, layoutSources([])).layout;
}

/** The shipped one with other texts in the templates of its parts. */
function own(part: "header" | "detail", from: string, to: string, more: object[] = []): Layout {
  const shipped = structuredClone(shippedLayouts().get("pain-001")) as XmlLayout;
  const { template, fields } = shipped[part];
  expect(template).toContain(from);
  return layoutNamed({
    ...shipped,
    name: "own",
    [part]: {
      ...shipped[part],
      template: template.replace(from, to),
      fields: [...fields, ...more],
    },
  });
}

function pointers(layout: Layout, values: Record<string, string>): string[] {
  return ownAccountFaults(layout, values).map((one) => one.pointer);
}

describe.each(["pain-001", "pain-008"])("%s", (name) => {
  const layout = layoutNamed(name);

  test.each([
    ["a number", { account: "99887766" }],
    ["an IBAN", { iban: IBAN }],
    ["an IBAN with letters", { iban: "GB82WEST12345698765432" }],
    ["an IBAN with small letters", { iban: "GB82west12345698765432" }],
    ["agents of eight and eleven", { account: "1", bic: "COBADEFF", holderBic: "DEUTDEFF500" }],
    ["an agent that begins with a digit", { account: "1", bic: "1BANUS33" }],
  ])("%s of its own may be written", (_, values) => {
    expect(ownAccountFaults(layout, { ...NO_ACCOUNT, ...values })).toEqual([]);
  });

  test.each([
    ["an IBAN with blanks", { iban: "DE89 3704 0044 0532 0130 00" }, "/values/iban"],
    ["two digits of an IBAN changed", { iban: "DE98370400440532013000" }, "/values/iban"],
    ["a digit of an IBAN wrong", { iban: "DE89370400440532013001" }, "/values/iban"],
    ["check digits that are never made", { iban: "DE00370400440532013000" }, "/values/iban"],
    ["an IBAN of small letters", { iban: IBAN.toLowerCase() }, "/values/iban"],
    ["an IBAN that is too long", { iban: `DE89${"1".repeat(31)}` }, "/values/iban"],
    ["a number for an IBAN", { iban: "99887766" }, "/values/iban"],
    ["both an IBAN and a number", { iban: IBAN, account: "99887766" }, "/values/account"],
    ["no account at all", {}, "/values"],
    ["a BIC of small letters", { account: "1", bic: "cobadeff" }, "/values/bic"],
    ["a BIC of nine", { account: "1", bic: "COBADEFFX" }, "/values/bic"],
    ["a BIC with a blank", { account: "1", bic: "COBADEFF " }, "/values/bic"],
    ["a holder's BIC of seven", { account: "1", holderBic: "DEUTDEF" }, "/values/holderBic"],
  ])("%s is found before the bank does", (_, values, pointer) => {
    expect(pointers(layout, { ...NO_ACCOUNT, ...values })).toEqual([pointer]);
  });

  test("no fault says the account", () => {
    const faults = ownAccountFaults(layout, { ...NO_ACCOUNT, iban: "DE98370400440532013000" });

    expect(JSON.stringify(faults)).not.toContain("370400440532013000");
  });

  test("a file without a transaction does not leave, and is not asked for", () => {
    expect(sendsEmptyFile({ emptyFile: "send" }, layout)).toBe(false);
    expect(emptyFileFaults({ emptyFile: "send" }, layout, "/emptyFile")).toMatchObject([
      { pointer: "/emptyFile", detail: expect.stringContaining("emptyFile is send") as string },
    ]);
    expect(emptyFileFaults({ emptyFile: "skip" }, layout, "/emptyFile")).toEqual([]);
  });
});

test("layouts of the client's own are told by their namespace, whatever their name", () => {
  const changed = own("header", "<Ccy>{currency}</Ccy>", "");

  expect(sendsEmptyFile({ emptyFile: "send" }, changed)).toBe(false);
  expect(pointers(changed, { ...PAIN_VALUES, iban: "DE89" })).toEqual([
    "/values/account",
    "/values/iban",
  ]);
});

test("what is known only when a file is written is not judged", () => {
  const choice =
    "<CdtrAcct><Id>{?holderIban}<IBAN>{holderIban}</IBAN>{/holderIban}" +
    "{?account}<Othr><Id>{account}</Id></Othr>{/account}</Id></CdtrAcct>";
  const holder = own(
    "detail",
    "<CdtrAcct><Id><Othr><Id>{account}</Id></Othr></Id></CdtrAcct>",
    choice,
    [{ name: "holderIban", from: "accountNumber", required: false }],
  );
  const mapped = own("header", "<IBAN>{ownIban}", "<IBAN>{mapped}", [
    { name: "mapped", from: "value.iban", required: false, map: { main: IBAN } },
  ]);

  expect(ownAccountFaults(holder, PAIN_VALUES)).toEqual([]);
  expect(ownAccountFaults(mapped, { ...NO_ACCOUNT, iban: "main" })).toEqual([]);
});

test("values without which an own layout is no XML are told", () => {
  const torn = own("header", "<Ccy>{currency}</Ccy>", "{?ownBic}<Ccy>{/ownBic}USD</Ccy>");

  expect(pointers(torn, { ...PAIN_VALUES, bic: "COBADEFF" })).toEqual([]);
  expect(pointers(torn, PAIN_VALUES)).toEqual(["/values"]);
});

test.each(["generic-csv", "json-lines", "generic-fixed-width"])(
  "%s may be empty, and its values are the client's own",
  (name) => {
    const layout = layoutNamed(name);

    expect(sendsEmptyFile({ emptyFile: "send" }, layout)).toBe(true);
    expect(sendsEmptyFile({ emptyFile: "skip" }, layout)).toBe(false);
    expect(emptyFileFaults({ emptyFile: "send" }, layout, "/emptyFile")).toEqual([]);
    expect(ownAccountFaults(layout, { iban: "any", account: account })).toEqual([]);
  },
);
