/**
 * What differs between two written settings of a service, place by place, in words that an audit
 * can keep. Pure. Secrets are references in settings, so nothing secret can stand in a difference.
 */

export interface SettingChange {
  /** JSON Pointer into the service's settings. */
  readonly pointer: string;
  /** As JSON text, shortened; null where it was not there. */
  readonly before: string | null;
  readonly after: string | null;
  /** Where calls go, and who we say we are: what decides whose book is written. */
  readonly isOfConnection: boolean;
}

const OF_CONNECTION = new RegExp(
  "^/((url|protocol|authentication|secretHeaders|tls|key|soap/security)(/|$)|post/(path|method)$)",
);
const SHOWN_CHARACTERS = 200;

export function settingChanges(before: unknown, after: unknown, pointer = ""): SettingChange[] {
  if (isRecord(before) && isRecord(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    const inner = names.flatMap((name) =>
      settingChanges(before[name], after[name], `${pointer}/${escaped(name)}`),
    );
    if (inner.length > 0 || sameOrder(before, after)) return inner;
    // XML has an order: the same members in another one are another request.
    return [change(pointer, Object.keys(before), Object.keys(after))];
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [change(pointer, before, after)];
}

/** A difference in a line, as the audit keeps it. */
export function inWords({ pointer, before, after }: Omit<SettingChange, "isOfConnection">): string {
  return `${pointer || "/"}: ${before ?? "–"} → ${after ?? "–"}`;
}

function change(pointer: string, before: unknown, after: unknown): SettingChange {
  return {
    pointer,
    before: shown(before),
    after: shown(after),
    isOfConnection: OF_CONNECTION.test(pointer),
  };
}

function sameOrder(before: object, after: object): boolean {
  return Object.keys(before).join("\n") === Object.keys(after).join("\n");
}

function shown(value: unknown): string | null {
  if (value === undefined) return null;
  const text = JSON.stringify(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

function escaped(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
