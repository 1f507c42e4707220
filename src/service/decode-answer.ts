/**
 * The bytes of an answer as text: compression undone within the limit, then the character set by
 * byte order mark, header or XML declaration (RFC 7303 §3.2). What cannot be read says why.
 */
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";

export type DecodedAnswer =
  | { readonly text: string; readonly problem: null }
  | { readonly text: null; readonly problem: string };

export interface DecodeOptions {
  readonly longestBytes: number;
  /** Of an answer that does not say. */
  readonly charset: string;
  readonly isXml: boolean;
}

const DECOMPRESS: Readonly<
  Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>
> = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/** How much of the beginning holds an XML declaration. */
const DECLARATION_BYTES = 200;

export async function decodeAnswer(
  bytes: Buffer,
  headers: Readonly<Record<string, string>>,
  options: DecodeOptions,
): Promise<DecodedAnswer> {
  const codings = (headers["content-encoding"] ?? "")
    .split(",")
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== "" && coding !== "identity");
  let plain = bytes;
  // What has no content is not compressed, whatever a proxy says of it.
  if (bytes.length === 0) return { text: "", problem: null };
  for (const coding of codings.toReversed()) {
    const decompress = Object.hasOwn(DECOMPRESS, coding) ? DECOMPRESS[coding] : undefined;
    if (decompress === undefined) return unread("it is compressed in a way that is not known");
    try {
      plain = await decompress(plain, { maxOutputLength: options.longestBytes });
    } catch (error) {
      const { code } = error as { code?: unknown };
      return unread(
        code === "ERR_BUFFER_TOO_LARGE" ? "it is longer than is read" : "its compression is broken",
      );
    }
  }
  return decodeText(plain, headers["content-type"] ?? "", options);
}

function decodeText(bytes: Buffer, contentType: string, options: DecodeOptions): DecodedAnswer {
  const label =
    byteOrderMark(bytes) ??
    /;\s*charset\s*=\s*"?([^\s;"]+)"?/i.exec(contentType)?.[1] ??
    (options.isXml ? declaredCharset(bytes) : undefined) ??
    options.charset;
  try {
    return { text: new TextDecoder(label, { fatal: true }).decode(bytes), problem: null };
  } catch (error) {
    return unread(
      error instanceof RangeError
        ? "its character set is not known"
        : "it is not in its character set",
    );
  }
}

function unread(problem: string): DecodedAnswer {
  return { text: null, problem };
}

function byteOrderMark(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return undefined;
}

function declaredCharset(bytes: Buffer): string | undefined {
  const beginning = bytes.subarray(0, DECLARATION_BYTES).toString("latin1");
  return /^<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z][\w.-]*)["']/.exec(beginning)?.[1];
}
