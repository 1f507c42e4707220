/**
 * An XML document as a tree like JSON: namespace prefixes removed, every value text, attributes
 * with `@`, the text of an element with attributes or children `#text`, repeated elements a list.
 *
 * The rule it protects: what is not a well-formed document of known characters is not read at all.
 * A document type declaration is refused, so no entity but the five of XML is ever expanded.
 */
import { XMLParser, XMLValidator } from "fast-xml-parser";

import { isForbiddenInXml } from "./write-xml.ts";

export type XmlTree = string | XmlTree[] | { readonly [name: string]: XmlTree };

export interface XmlDocument {
  /** The root's name without its prefix. */
  readonly name: string;
  /** Null where it is in none. */
  readonly namespace: string | null;
  readonly content: XmlTree;
}

/** Says what is wrong with a document in words for people; holds nothing of the document. */
export class UnreadableXml extends Error {}

type Node = Readonly<Record<string, unknown>>;

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

const parser = new XMLParser({
  preserveOrder: true,
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

/** Throws `UnreadableXml`. */
export function readXml(text: string): XmlDocument {
  if (/<!DOCTYPE/i.test(text)) throw new UnreadableXml("it has a document type declaration");
  if (isForbiddenInXml(text)) throw new UnreadableXml("it holds characters that XML forbids");
  const [root, ...others] = nodesOf(text).filter((node) => nameOf(node) !== "#text");
  if (root === undefined || others.length > 0) throw notWellFormed();
  const name = nameOf(root);
  return { name: localName(name), namespace: namespaceOf(root, name), content: treeOf(root) };
}

function notWellFormed(): UnreadableXml {
  return new UnreadableXml("it is not well-formed XML");
}

function nodesOf(text: string): readonly Node[] {
  // The validator overlooks text behind a root that is closed at once.
  if (!text.trimEnd().endsWith(">")) throw notWellFormed();
  try {
    if (XMLValidator.validate(text) !== true) throw notWellFormed();
    return parser.parse(text) as readonly Node[];
  } catch {
    throw notWellFormed();
  }
}

function nameOf(node: Node): string {
  return Object.keys(node).find((name) => name !== ":@") ?? "#text";
}

function attributesOf(node: Node): Readonly<Record<string, string>> {
  return (node[":@"] ?? {}) as Readonly<Record<string, string>>;
}

function treeOf(node: Node): XmlTree {
  const children = node[nameOf(node)] as readonly Node[];
  const tree = Object.create(null) as Record<string, XmlTree>;
  for (const [name, value] of Object.entries(attributesOf(node))) {
    if (name !== "xmlns" && !name.startsWith("xmlns:")) tree[`@${localName(name)}`] = value;
  }
  let text = "";
  for (const child of children) {
    const name = nameOf(child);
    if (name === "#text") text += String(child[name]);
    else add(tree, localName(name), treeOf(child));
  }
  const trimmed = text.trim();
  if (Object.keys(tree).length === 0) return trimmed;
  if (trimmed !== "") tree["#text"] = trimmed;
  return tree;
}

function add(tree: Record<string, XmlTree>, name: string, value: XmlTree): void {
  const there = tree[name];
  if (there === undefined) tree[name] = value;
  else if (Array.isArray(there)) there.push(value);
  else tree[name] = [there, value];
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function namespaceOf(root: Node, name: string): string | null {
  const colon = name.indexOf(":");
  const declared = colon === -1 ? "xmlns" : `xmlns:${name.slice(0, colon)}`;
  return attributesOf(root)[declared] ?? null;
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
