/** XML 1.0 §2.2: what a document cannot hold, not even escaped. */
const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

const NAME = /^[A-Za-z_][\w.-]*(:[A-Za-z_][\w.-]*)?$/;

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

export function isXmlName(name: string): boolean {
  return NAME.test(name) && name !== "__proto__";
}

export function isForbiddenInXml(text: string): boolean {
  return FORBIDDEN.test(text);
}

export function escapedInText(text: string): string {
  return text.replaceAll(/[&<>\r]/g, (character) => ESCAPES[character] as string);
}

/** Line breaks too: a reader would make blanks of them (XML 1.0 §3.3.3). */
export function escapedInAttribute(text: string): string {
  return text.replaceAll(/[&<>"\t\n\r]/g, (character) => ESCAPES[character] as string);
}
