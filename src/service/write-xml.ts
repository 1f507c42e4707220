/**
 * XML from a JSON tree: property names are elements in order, `@name` attributes, `#text` text, a
 * list repeats its element, null leaves it out. Pure.
 *
 * Our own and not a library's builder, because every character has to arrive: those leave line
 * breaks in attributes to be normalised away (XML 1.0 §3.3.3) and write what XML cannot carry.
 */
import { escapedInAttribute, escapedInText, isForbiddenInXml } from "../formats/xml-characters.ts";
import { Failure } from "../kernel/failure.ts";

import type { FactTable, Json, RequestFacts } from "./template.ts";

/** The tree's elements one after the other; attributes and text have no place at the top. */
export function writeXml(tree: Json): string {
  return contentOf(tree, "the document");
}

/** Facts that refuse to be used where XML cannot carry them: `request-invalid`, by name. */
export function factsForXml(facts: RequestFacts): RequestFacts {
  const { common, entries } = facts;
  if (![common, ...entries].some(holdsForbidden)) return facts;
  return { ...facts, common: refusing(common), entries: entries.map(refusing) };
}

function holdsForbidden(table: FactTable): boolean {
  return Object.values(table).some((value) => isForbiddenInXml(String(value)));
}

function refusing(table: FactTable): FactTable {
  const guarded: FactTable = { ...table };
  for (const [name, value] of Object.entries(table)) {
    if (!isForbiddenInXml(String(value))) continue;
    Object.defineProperty(guarded, name, {
      enumerable: true,
      get: () => {
        const detail = `${name} holds a character that XML cannot carry`;
        throw new Failure("request-invalid", detail, { fact: name });
      },
    });
  }
  return guarded;
}

function elementsOf(name: string, value: Json): string {
  if (value === null) return "";
  if (Array.isArray(value)) return value.map((item) => elementsOf(name, item)).join("");
  if (typeof value !== "object") return wrapped(name, "", escapedInText(String(value)));
  const attributes = Object.entries(value)
    .filter(([inner, given]) => inner.startsWith("@") && given !== null)
    .map(([inner, given]) => ` ${inner.slice(1)}="${escapedInAttribute(scalar(given, inner))}"`);
  return wrapped(name, attributes.join(""), contentOf(value, name));
}

function contentOf(value: Json, place: string): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Failure("request-invalid", `${place} is not a tree of elements`);
  }
  return Object.entries(value)
    .filter(([name, inner]) => !name.startsWith("@") && inner !== null)
    .map(([name, inner]) =>
      name === "#text" ? escapedInText(scalar(inner, name)) : elementsOf(name, inner),
    )
    .join("");
}

function wrapped(name: string, attributes: string, content: string): string {
  return content === "" ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`;
}

function scalar(value: Json, place: string): string {
  if (value !== null && typeof value === "object") {
    throw new Failure("request-invalid", `${place} is text, not a tree`);
  }
  return String(value);
}
