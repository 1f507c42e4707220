/**
 * Finds a name that stands twice in one object of a JSON text. Which of the two counts is left open
 * by the format (RFC 8259 section 4): where money hangs on it, nobody may guess.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const OPEN_ARRAY = 0x5b;
const CLOSE_OBJECT = 0x7d;
const CLOSE_ARRAY = 0x5d;

/** The first such name; null where there is none. The text is JSON that parses. */
export function repeatedName(text: string): string | null {
  // Of each object that is open, around the one that is being read; null for an array.
  const around: (Set<string> | null)[] = [];
  let names: Set<string> | null = null;
  let isName = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (isName && names !== null) {
        const name = nameAt(text, at, end);
        if (names.has(name)) return name;
        names.add(name);
        isName = false;
      }
      at = end;
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      around.push(names);
      names = code === OPEN_OBJECT ? new Set() : null;
      isName = code === OPEN_OBJECT;
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      names = around.pop() ?? null;
      isName = false;
    } else if (code === COMMA) {
      isName = names !== null;
    }
  }
  return null;
}

/** Where the string that begins at a quote ends: a quote after an even number of backslashes. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    if (end === -1) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
}

/** As it is meant: the same name may be written with escapes. */
function nameAt(text: string, start: number, end: number): string {
  const written = text.slice(start + 1, end);
  return written.includes("\\") ? String(JSON.parse(text.slice(start, end + 1))) : written;
}
