/**
 * Requests and answers as people read them: indented, and nothing else changed. Works on text, not
 * on parsed values, so that a long number stays as it was written and a text cut short still shows.
 */

export type PayloadKind = "json" | "xml" | "text";

export interface Payload {
  readonly kind: PayloadKind;
  readonly text: string;
}

/** A JSON value, or text that is JSON, XML or neither. */
export function prettyPayload(value: unknown): Payload {
  if (value === null || value === undefined || value === "") return { kind: "text", text: "" };
  if (typeof value !== "string") return { kind: "json", text: JSON.stringify(value, null, 2) };
  const text = value.trim();
  if (text.startsWith("<")) return { kind: "xml", text: indentXml(text) };
  if (/^[[{]/.test(text)) return { kind: "json", text: indentJson(text) };
  return { kind: "text", text };
}

const INDENT = "  ";

function indentJson(text: string): string {
  let depth = 0;
  const line = (): string => `\n${INDENT.repeat(depth)}`;
  return tokensOf(text)
    .map((token, index, all) => {
      switch (token) {
        case "{":
        case "[":
          if (isClosing(all[index + 1])) return token;
          depth += 1;
          return `${token}${line()}`;
        case "}":
        case "]":
          if (isOpening(all[index - 1])) return token;
          depth = Math.max(0, depth - 1);
          return `${line()}${token}`;
        case ",":
          return `,${line()}`;
        case ":":
          return ": ";
        default:
          return token;
      }
    })
    .join("");
}

/** Strings whole, marks one by one, everything else between them. */
function tokensOf(text: string): string[] {
  return text.match(/"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
}

const isOpening = (token: string | undefined): boolean => token === "{" || token === "[";
const isClosing = (token: string | undefined): boolean => token === "}" || token === "]";

function indentXml(text: string): string {
  const parts = text.match(/<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|<[^>]*>?|[^<]+/g) ?? [];
  const lines: string[] = [];
  let depth = 0;
  let open = false;
  for (const part of parts.map((one) => one.trim()).filter((one) => one !== "")) {
    const isTag = part.startsWith("<") && !part.startsWith("<![CDATA[");
    const isEnd = part.startsWith("</");
    if (isEnd) depth = Math.max(0, depth - 1);
    // `<a>text</a>` stays on its line.
    if (open && (!isTag || isEnd)) lines.push(`${lines.pop() ?? ""}${part}`);
    else lines.push(`${INDENT.repeat(depth)}${part}`);
    const opens = isTag && !isEnd && !/^<[?!]|\/>$/.test(part);
    if (opens) depth += 1;
    open = opens || (open && !isTag);
  }
  return lines.join("\n");
}
