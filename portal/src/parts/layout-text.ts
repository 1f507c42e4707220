/**
 * A layout as text: written as YAML, read back, and the line that a fault's place stands on. JSON
 * is YAML too, so either may be typed.
 */
import { isNode, LineCounter, parseDocument, stringify } from "yaml";

export type Layout = Readonly<Record<string, unknown>>;

export interface LayoutText {
  /** Null where it cannot be read. */
  readonly layout: Layout | null;
  readonly faults: readonly { readonly line: number | null; readonly detail: string }[];
  /** The line, from 1, of what a JSON Pointer names or of what would hold it. */
  lineOf(pointer: string): number | null;
}

export function readLayoutText(text: string): LayoutText {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, schema: "core" });
  const lineAt = (offset: number): number => counter.linePos(offset).line;
  const lineOf = (pointer: string): number | null => {
    const path = pointer.split("/").slice(1).map(unescaped);
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lineAt(node.range[0]);
    }
    return null;
  };
  if (document.errors.length > 0) {
    const faults = document.errors.map(({ pos, message }) => ({
      line: lineAt(pos[0]),
      detail: message.split("\n")[0] ?? message,
    }));
    return { layout: null, faults, lineOf };
  }
  const read: unknown = document.toJS();
  if (typeof read !== "object" || read === null || Array.isArray(read)) {
    const detail = "a layout is a mapping: format, name, version, detail …";
    return { layout: null, faults: [{ line: 1, detail }], lineOf };
  }
  return { layout: read as Layout, faults: [], lineOf };
}

export function writeLayoutText(layout: Layout): string {
  return stringify(layout, { lineWidth: 96, flowCollectionPadding: true });
}

/** The values of the profile that a layout asks for. */
export function valuesAsked(text: string): string[] {
  const names = [...text.matchAll(/from["']?:\s*["']?value\.([A-Za-z][A-Za-z0-9]*)/g)];
  return [...new Set(names.map((found) => found[1] ?? ""))];
}

function unescaped(part: string): string | number {
  const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
  return /^[0-9]+$/.test(name) ? Number(name) : name;
}
