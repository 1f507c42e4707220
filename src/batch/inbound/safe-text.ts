/**
 * Texts of return files without what looks like a card number. An id of ours is left whole: its
 * digits may look like a card's by chance, and it is what a line is found by. So is a trace number.
 */
import { createHmac } from "node:crypto";

import type { VaultKeys } from "../../access/vault-key.ts";
import { maskCardNumbers, withoutCardNumbers } from "../../kernel/card-number.ts";

const ID = /[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}/giu;
/** Fifteen digits after a routing number; those of one card scheme cannot begin one. */
const TRACE_NUMBER = /^(?!3[47])[0-9]{15}$/;

export function safeText(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  if (!/[a-f-]/iu.test(text)) return maskCardNumbers(text);
  let safe = "";
  let from = 0;
  for (const found of text.matchAll(ID)) {
    safe += maskCardNumbers(text.slice(from, found.index)) + found[0];
    from = found.index + found[0].length;
  }
  return safe + maskCardNumbers(text.slice(from));
}

const MARK_DIGITS = 16;

/**
 * What a file calls itself. Where a part of it is masked, a keyed mark keeps two names apart that
 * look alike with the mask: a file is known by it.
 */
export function safeIdentity(identity: string, keys: Pick<VaultKeys, "derive">): string {
  const safe = safeText(identity) ?? "";
  if (safe === identity) return identity;
  const mark = createHmac("sha256", keys.derive("inbound identity")).update(identity);
  return `${safe} #${mark.digest("hex").slice(0, MARK_DIGITS)}`;
}

/** A file is found by its name: a date with a number behind it is no card's, as none begins so. */
export function safeFileName(text: string | undefined): string | null {
  return text === undefined ? null : withoutCardNumbers(text);
}

export function safeTraceNumber(text: string | undefined): string | null {
  return text !== undefined && TRACE_NUMBER.test(text) ? text : safeText(text);
}
