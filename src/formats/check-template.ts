/** Whether the templates of an XML layout make a well-formed document of their fields. */
import type { FieldFault } from "../kernel/failure.ts";

import type { XmlLayout } from "./layout.ts";
import { readElements, UnreadableXml } from "./xml-elements.ts";
import { templateNames } from "./xml-record.ts";

const PARTS = ["header", "detail", "trailer"] as const;
const ANY = "x";

export function templateFaults(layout: XmlLayout): FieldFault[] {
  const faults = PARTS.flatMap((part) => partFaults(layout, part));
  if (faults.length > 0) return faults;
  const [header, detail, trailer] = PARTS.map((part) => filled(layout[part].template));
  try {
    readElements(`${header}\n${detail}\n${detail}\n${trailer}`);
    return [];
  } catch (error) {
    if (!(error instanceof UnreadableXml)) throw error;
    const at = error.line === null ? "" : ` (line ${error.line} of header, details and trailer)`;
    return [{ pointer: "/header/template", detail: `${error.message}${at}` }];
  }
}

function filled(template: string): string {
  return template
    .replaceAll(/\{[?/][A-Za-z0-9]+\}/g, "")
    .replaceAll(/\{[A-Za-z][A-Za-z0-9]*\}/g, ANY)
    .replace(/\r?\n$/, "");
}

function partFaults(layout: XmlLayout, part: (typeof PARTS)[number]): FieldFault[] {
  const { template, fields } = layout[part];
  const pointer = `/${part}/template`;
  const used = templateNames(template);
  if (typeof used === "string") return [{ pointer, detail: used }];
  const known = new Set(fields.map((field) => field.name));
  const unknown = [...used].filter((name) => !known.has(name));
  const faults = unknown.map((name) => ({ pointer, detail: `no field is named ${name}` }));
  if (/=\s*'[^'<]*\{/.test(template)) {
    faults.push({ pointer, detail: "an attribute with a field needs double quotes" });
  }
  return faults;
}
