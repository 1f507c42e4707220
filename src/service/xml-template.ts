/** Whether a template is a tree of elements: checked at load, every fault with its place. */
import type { FieldFault } from "../kernel/failure.ts";

import { isForbiddenInXml, isXmlName } from "../formats/xml-characters.ts";

import { isSecretPlace } from "./secret-places.ts";

/** `oneRoot`: a document has one element at the top; a SOAP Body or Header has any number. */
export function checkXmlTree(
  tree: unknown,
  pointer: string,
  faults: FieldFault[],
  oneRoot: boolean,
): void {
  const fault = (detail: string): void => void faults.push({ pointer, detail });
  if (!isRecord(tree) || "$each" in tree) return fault("is a tree of elements");
  if ("$if" in tree) {
    for (const branch of ["then", "else"].filter((name) => name in tree)) {
      checkXmlTree(tree[branch], `${pointer}/${branch}`, faults, oneRoot);
    }
    return;
  }
  const names = Object.keys(tree);
  if (names.some((name) => name.startsWith("@") || name === "#text")) {
    return fault("has no attributes or text at the top");
  }
  const [only] = names;
  if (oneRoot && (names.length !== 1 || isList(tree[only as string]))) {
    return fault("has one element at the top");
  }
  checkMembers(tree, pointer, faults);
}

function checkMembers(
  tree: Readonly<Record<string, unknown>>,
  pointer: string,
  faults: FieldFault[],
): void {
  for (const [name, value] of Object.entries(tree)) {
    const place = `${pointer}/${name}`;
    const isAttribute = name.startsWith("@");
    if (name !== "#text" && !isXmlName(isAttribute ? name.slice(1) : name)) {
      faults.push({ pointer: place, detail: "is not an XML name" });
    }
    if (isAttribute || name === "#text") checkText(value, place, faults);
    else checkContent(value, place, faults);
  }
}

function checkContent(value: unknown, pointer: string, faults: FieldFault[]): void {
  if (Array.isArray(value)) {
    value.forEach((item, index) => checkContent(item, `${pointer}/${index}`, faults));
  } else if (!isRecord(value) || isSecretPlace(value)) {
    checkCharacters(value, pointer, faults);
  } else if ("$each" in value) {
    checkContent(value["as"], `${pointer}/as`, faults);
  } else if ("$if" in value) {
    for (const branch of ["then", "else"].filter((name) => name in value)) {
      checkContent(value[branch], `${pointer}/${branch}`, faults);
    }
  } else {
    checkMembers(value, pointer, faults);
  }
}

function checkText(value: unknown, pointer: string, faults: FieldFault[]): void {
  if (isRecord(value) && "$if" in value) {
    checkText(value["then"], `${pointer}/then`, faults);
    if ("else" in value) checkText(value["else"], `${pointer}/else`, faults);
  } else if (typeof value === "object" && value !== null && !isSecretPlace(value)) {
    faults.push({ pointer, detail: "is text, not a tree" });
  } else {
    checkCharacters(value, pointer, faults);
  }
}

function checkCharacters(value: unknown, pointer: string, faults: FieldFault[]): void {
  if (typeof value === "string" && isForbiddenInXml(value)) {
    faults.push({ pointer, detail: "holds a character that XML cannot carry" });
  }
}

function isList(value: unknown): boolean {
  return Array.isArray(value) || (isRecord(value) && "$each" in value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
