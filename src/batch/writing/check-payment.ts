/**
 * What ISO 20022 asks of a profile whose layout writes payments (pain.001, pain.008): at least one
 * transaction a file, and accounts and agents of its own that the schema and the check digits let
 * through. A bank refuses the whole file for one of them, so a profile is not saved with it.
 */
import type { Layout, TemplateField, XmlLayout } from "../../formats/layout.ts";
import type { XmlElement } from "../../formats/xml-elements.ts";
import { localName, readElements, UnreadableXml } from "../../formats/xml-elements.ts";
import { filledTemplate } from "../../formats/xml-record.ts";
import type { FieldFault } from "../../kernel/failure.ts";

import type { BatchProfile } from "../profile.ts";
import { VALUE_PREFIX } from "./layout-sources.ts";

/** The namespace tells them, in a shipped layout as in one of the client's own. */
const PAYMENTS = /["']urn:iso:std:iso:20022:tech:xsd:pain\.00[18]\./;
const PARTS = ["header", "detail", "trailer"] as const;
/** Stands where the layout writes what is known only when a file is. */
const NOT_KNOWN_YET = "x";

/** IBAN2007Identifier and BICFIDec2014Identifier of the schemas. */
const IBAN = /^[A-Z]{2}[0-9]{2}[A-Za-z0-9]{1,30}$/;
const BIC = /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/;
const BIC_ELEMENTS = new Set(["BICFI", "AnyBIC"]);

type Values = Readonly<Record<string, string>>;

type EmptyFile = Pick<BatchProfile, "emptyFile">;

/** Whether a file leaves where nothing is pending; one of payments is never empty. */
export function sendsEmptyFile({ emptyFile }: EmptyFile, layout: Layout): boolean {
  return emptyFile === "send" && !isOfPayments(layout);
}

/** That a profile asks for empty files of payments, told at this place of what was given. */
export function emptyFileFaults(profile: EmptyFile, layout: Layout, pointer: string): FieldFault[] {
  if (profile.emptyFile === "skip" || sendsEmptyFile(profile, layout)) return [];
  const detail = `emptyFile is send, but a file of ${layout.name} needs a transaction: say skip`;
  return [{ pointer, detail }];
}

/** What is wrong with the values that a layout of payments writes as accounts and agents. */
export function ownAccountFaults(layout: Layout, values: Values): FieldFault[] {
  if (!isOfPayments(layout)) return [];
  const text = PARTS.map((part) => filledWith(layout[part], values)).join("\n");
  const root = rootOf(text);
  if (root === null) return [{ pointer: "/values", detail: "with these it is not XML any more" }];
  return elementsOf(root).flatMap((element) => [
    ...identifierFault(element, values),
    ...choiceFault(element),
  ]);
}

function rootOf(text: string): XmlElement | null {
  try {
    return readElements(text);
  } catch (error) {
    if (!(error instanceof UnreadableXml)) throw error;
    return null;
  }
}

function isOfPayments(layout: Layout): layout is XmlLayout {
  return layout.format === "xml" && PAYMENTS.test(layout.header.template);
}

/** Each value stands as its source, `value.NAME`; what is absent is left out as in a file. */
function filledWith(
  { template, fields }: { readonly template: string; readonly fields: readonly TemplateField[] },
  values: Values,
): string {
  const texts = fields.map(({ name, from, text, map }): [string, string] => {
    const own = valueName(from);
    if (own === null) return [name, text === "" ? "" : NOT_KNOWN_YET];
    if (!Object.hasOwn(values, own)) return [name, ""];
    return [name, map === undefined ? `${VALUE_PREFIX}${own}` : NOT_KNOWN_YET];
  });
  return filledTemplate(template, new Map(texts));
}

function valueName(source: string | undefined): string | null {
  return source?.startsWith(VALUE_PREFIX) === true ? source.slice(VALUE_PREFIX.length) : null;
}

function elementsOf(element: XmlElement): XmlElement[] {
  return [element, ...element.children.flatMap(elementsOf)];
}

function identifierFault({ name, text }: XmlElement, values: Values): FieldFault[] {
  const own = valueName(text);
  const value = own === null ? undefined : values[own];
  if (own === null || value === undefined) return [];
  const element = localName(name);
  const detail =
    element === "IBAN" ? ibanFault(value) : BIC_ELEMENTS.has(element) ? bicFault(value) : null;
  return detail === null ? [] : [{ pointer: `/values/${own}`, detail }];
}

function ibanFault(value: string): string | null {
  if (/\s/.test(value)) return "an IBAN is written without blanks";
  if (!IBAN.test(value)) return "an IBAN is a country, two check digits, 1 to 30 letters or digits";
  return checkDigits(value) === value.slice(2, 4) ? null : "the IBAN's check digits are not right";
}

/** ISO 13616, by ISO 7064 MOD 97-10: letters are 10 to 35, country and zeros go behind. */
function checkDigits(iban: string): string {
  const moved = `${iban.slice(4)}${iban.slice(0, 2)}00`.toUpperCase();
  const digits = moved.replaceAll(/[A-Z]/g, (letter) => String(Number.parseInt(letter, 36)));
  return String(98n - (BigInt(digits) % 97n)).padStart(2, "0");
}

function bicFault(value: string): string | null {
  return BIC.test(value) ? null : "a BIC has 8 or 11 letters and digits, like BANKUS33";
}

/** An account is told by one of the two (AccountIdentification4Choice). */
function choiceFault({ name, children }: XmlElement): FieldFault[] {
  const id = children.find((child) => localName(child.name) === "Id");
  if (!name.endsWith("Acct") || id === undefined) return [];
  const [first, second] = id.children;
  if (first === undefined) {
    const detail = `${localName(name)} is left without an account: an IBAN or a number is needed`;
    return [{ pointer: "/values", detail }];
  }
  const given = id.children.map(ownOf);
  if (second === undefined || given.includes(null)) return [];
  const detail = `${localName(name)} has an IBAN and a number: one of the two`;
  return [{ pointer: `/values/${given[1] ?? ""}`, detail }];
}

/** The value that an element holds somewhere, or null where it holds something else. */
function ownOf(element: XmlElement): string | null {
  const texts = elementsOf(element).flatMap(({ text }) => valueName(text) ?? []);
  return texts[0] ?? null;
}
