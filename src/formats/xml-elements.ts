/**
 * An XML document as its elements, each with the place where it begins.
 *
 * The rule it protects: what is not a well-formed document of known characters is not read at all.
 * A document type declaration is refused, so no entity but the five of XML is ever expanded.
 */
import { XMLParser, XMLValidator } from "fast-xml-parser";

import { isForbiddenInXml } from "./xml-characters.ts";

export interface XmlElement {
  /** With its prefix, as written. */
  readonly name: string;
  /** Namespace declarations included. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text, white space as it stands. */
  readonly text: string;
  /** Of its first character in the document. */
  readonly start: number;
}

/** Says what is wrong with a document in words for people; holds nothing of the document. */
export class UnreadableXml extends Error {
  /** From 1, where it is known. */
  readonly line: number | null;

  constructor(message: string, line: number | null = null) {
    super(message);
    this.line = line;
  }
}

type Node = Readonly<Record<string | symbol, unknown>>;

const PLACE = XMLParser.getMetaDataSymbol().valueOf();

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

const parser = new XMLParser({
  preserveOrder: true,
  captureMetaData: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  jPath: false,
  entityDecoder: {
    decode: decoded,
    reset: () => undefined,
    setExternalEntities: () => undefined,
    addInputEntities: () => undefined,
    setXmlVersion: () => undefined,
  },
});

/** The root of a document. Throws `UnreadableXml`. */
export function readElements(text: string): XmlElement {
  if (/<!DOCTYPE/i.test(text)) throw new UnreadableXml("it has a document type declaration");
  if (isForbiddenInXml(text)) throw new UnreadableXml("it holds characters that XML forbids");
  const [root, ...others] = nodesOf(text).filter((node) => nameOf(node) !== "#text");
  if (root === undefined || others.length > 0) throw notWellFormed();
  return elementOf(root);
}

export function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

/** Of an element that declares its own; null where it does not. */
export function namespaceOf({ name, attributes }: XmlElement): string | null {
  const colon = name.indexOf(":");
  const declared = colon === -1 ? "xmlns" : `xmlns:${name.slice(0, colon)}`;
  return attributes[declared] ?? null;
}

function notWellFormed(line: number | null = null): UnreadableXml {
  return new UnreadableXml("it is not well-formed XML", line);
}

function nodesOf(text: string): readonly Node[] {
  // The validator overlooks text behind a root that is closed at once.
  if (!text.trimEnd().endsWith(">")) throw notWellFormed(text.trimEnd().split("\n").length);
  const valid = validated(text);
  if (valid !== true) throw notWellFormed(valid);
  try {
    return parser.parse(text) as readonly Node[];
  } catch {
    throw notWellFormed();
  }
}

function validated(text: string): true | number | null {
  try {
    const valid = XMLValidator.validate(text);
    if (valid === true) return true;
    // Elements that are still open at the end: the validator names the first of them, on line 1.
    return valid.err.code === "InvalidXml" ? text.trimEnd().split("\n").length : valid.err.line;
  } catch {
    return null;
  }
}

function nameOf(node: Node): string {
  return Object.keys(node).find((name) => name !== ":@") ?? "#text";
}

/** One for all: most elements have none, and there may be a million of them. */
const NO_ATTRIBUTES: Readonly<Record<string, string>> = {};
const NO_CHILDREN: readonly XmlElement[] = [];

function elementOf(node: Node): XmlElement {
  const name = nameOf(node);
  const children: XmlElement[] = [];
  let text = "";
  for (const child of node[name] as readonly Node[]) {
    if (nameOf(child) === "#text") text += String(child["#text"]);
    else children.push(elementOf(child));
  }
  const place = node[PLACE] as { startIndex?: number } | undefined;
  const attributes = (node[":@"] ?? NO_ATTRIBUTES) as Readonly<Record<string, string>>;
  const within = children.length === 0 ? NO_CHILDREN : children;
  return { name, attributes, children: within, text, start: place?.startIndex ?? 0 };
}

/** XML 1.0 §4.1; the parser calls it for text and attributes, not for CDATA. */
function decoded(text: string): string {
  if (!text.includes("&")) return text;
  return text.replaceAll(/&([^&;]{0,12};)?/g, (_, reference: string | undefined) => {
    const name = reference?.slice(0, -1) ?? "";
    const character = name.startsWith("#") ? characterOf(name.slice(1)) : ENTITIES[name];
    if (character === undefined) throw notWellFormed();
    return character;
  });
}

function characterOf(number: string): string | undefined {
  const isHexadecimal = /^x[0-9a-fA-F]+$/.test(number);
  if (!isHexadecimal && !/^[0-9]+$/.test(number)) return undefined;
  const point = isHexadecimal ? Number.parseInt(number.slice(1), 16) : Number(number);
  if (point > 0x10ffff) return undefined;
  const character = String.fromCodePoint(point);
  return isForbiddenInXml(character) ? undefined : character;
}
