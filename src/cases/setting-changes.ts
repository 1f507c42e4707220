/**
 * What differs between two written settings of a client, place by place, in words that an audit
 * can keep. Pure. Secrets are references in settings, so nothing secret can stand in a difference.
 */
import { pointerPart } from "../kernel/field-faults.ts";

export interface SettingChange {
  /** JSON Pointer into what was compared. */
  readonly pointer: string;
  /** As JSON text, shortened; null where it was not there. */
  readonly before: string | null;
  readonly after: string | null;
}

const SHOWN_CHARACTERS = 200;

export function settingChanges(before: unknown, after: unknown, pointer = ""): SettingChange[] {
  if (isRecord(before) && isRecord(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    const inner = names.flatMap((name) =>
      settingChanges(before[name], after[name], `${pointer}/${pointerPart(name)}`),
    );
    if (inner.length > 0 || sameOrder(before, after)) return inner;
    // XML has an order: the same members in another one are another request.
    return changeAt(pointer, Object.keys(before), Object.keys(after));
  }
  return changeAt(pointer, before, after);
}

/** As `settingChanges`, of what is one value however much it holds: none, or one. */
export function changeAt(pointer: string, before: unknown, after: unknown): SettingChange[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [{ pointer, before: shown(before), after: shown(after) }];
}

/** A difference in a line, as the audit keeps it. */
export function inWords({ pointer, before, after }: SettingChange): string {
  return `${pointer || "/"}: ${before ?? "–"} → ${after ?? "–"}`;
}

function sameOrder(before: object, after: object): boolean {
  return Object.keys(before).join("\n") === Object.keys(after).join("\n");
}

function shown(value: unknown): string | null {
  if (value === undefined) return null;
  const text = JSON.stringify(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
