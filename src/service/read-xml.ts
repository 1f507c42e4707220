/**
 * An XML document as a tree like JSON: namespace prefixes removed, every value text, attributes
 * with `@`, the text of an element with attributes or children `#text`, repeated elements a list.
 */
import type { XmlElement } from "../formats/xml-elements.ts";
import { localName, namespaceOf, readElements } from "../formats/xml-elements.ts";

export type XmlTree = string | XmlTree[] | { readonly [name: string]: XmlTree };

export interface XmlDocument {
  /** The root's name without its prefix. */
  readonly name: string;
  /** Null where it is in none. */
  readonly namespace: string | null;
  readonly content: XmlTree;
}

/** Throws `UnreadableXml`. */
export function readXml(text: string): XmlDocument {
  const root = readElements(text);
  return { name: localName(root.name), namespace: namespaceOf(root), content: treeOf(root) };
}

function treeOf({ attributes, children, text }: XmlElement): XmlTree {
  const tree = Object.create(null) as Record<string, XmlTree>;
  for (const [name, value] of Object.entries(attributes)) {
    if (name !== "xmlns" && !name.startsWith("xmlns:")) tree[`@${localName(name)}`] = value;
  }
  for (const child of children) add(tree, localName(child.name), treeOf(child));
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
