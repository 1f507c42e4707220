/** Walks the elements of an ISO 20022 message: by local names, whatever their prefix. */
import { exponentOf } from "../../kernel/money.ts";
import type { XmlElement } from "../xml-elements.ts";
import { localName } from "../xml-elements.ts";

/** Where the lines of a message begin, so that a fault can say its line. */
export class Message {
  readonly #lineStarts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
      this.#lineStarts.push(at + 1);
    }
  }

  lineOf({ start }: XmlElement): number {
    let low = 0;
    let high = this.#lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#lineStarts[middle] as number) <= start) low = middle;
      else high = middle;
    }
    return low + 1;
  }
}

export function childrenOf(element: XmlElement | undefined, name: string): XmlElement[] {
  return element?.children.filter((child) => localName(child.name) === name) ?? [];
}

/** The first element at a path like `Acct/Id/IBAN`. */
export function at(element: XmlElement | undefined, path: string): XmlElement | undefined {
  let found = element;
  for (const name of path.split("/")) {
    found = found === undefined ? undefined : firstChild(found, name);
  }
  return found;
}

const FEW_CHILDREN = 16;
const FIRST_BY_NAME = new WeakMap<XmlElement, ReadonlyMap<string, XmlElement>>();

/** An element of many children is asked for some of them once per child: never by a search each. */
function firstChild(element: XmlElement, name: string): XmlElement | undefined {
  const { children } = element;
  if (children.length <= FEW_CHILDREN) {
    return children.find((child) => localName(child.name) === name);
  }
  const known = FIRST_BY_NAME.get(element) ?? firstByName(children);
  FIRST_BY_NAME.set(element, known);
  return known.get(name);
}

function firstByName(children: readonly XmlElement[]): Map<string, XmlElement> {
  const first = new Map<string, XmlElement>();
  for (const child of children) {
    const name = localName(child.name);
    if (!first.has(name)) first.set(name, child);
  }
  return first;
}

/** Its text without the white space around; null where there is none. */
export function textAt(element: XmlElement | undefined, path: string): string | null {
  const text = at(element, path)?.text.trim() ?? "";
  return text === "" ? null : text;
}

/** ISO 20022 has 18 digits at most; a few zeros more do no harm. */
const AMOUNT = /^\+?([0-9]{0,18})(?:\.([0-9]{0,18}))?$/;

export interface Money {
  readonly minor: bigint;
  readonly currency: string;
}

/** The amount of an element with its `Ccy`, or what is wrong with it. */
export function moneyOf(element: XmlElement): Money | string {
  const currency = element.attributes["Ccy"] ?? "";
  const minor = minorOf(element.text, currency);
  return typeof minor === "string" ? minor : { minor, currency };
}

/** Minor units of an unsigned decimal as XML Schema writes it, or what is wrong with it. */
export function minorOf(text: string, currency: string): bigint | string {
  const decimals = decimalsOf(currency);
  if (decimals === null) return `the currency ${currency.slice(0, 12)} is not known`;
  const [, whole, part = ""] = AMOUNT.exec(text.trim()) ?? [];
  if (whole === undefined || whole + part === "") return "is no amount";
  const exact = part.replace(/0+$/, "");
  if (exact.length > decimals) return `has more decimals than ${currency}`;
  return BigInt(`${whole === "" ? "0" : whole}${exact.padEnd(decimals, "0")}`);
}

function decimalsOf(currency: string): number | null {
  try {
    return exponentOf(currency);
  } catch {
    return null;
  }
}
