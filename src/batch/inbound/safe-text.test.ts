import { expect, test } from "vitest";

import { maskCardNumbers } from "../../kernel/card-number.ts";
import { safeFileName, safeIdentity, safeText, safeTraceNumber } from "./safe-text.ts";

/** What stands between its letters is a card's number, by its check digit. */
const ID_LIKE_A_CARD = "019a0000-1b34-7000-8441-596ca970f6bc";

test("an id stays whole although its digits look like a card's", () => {
  expect(maskCardNumbers(ID_LIKE_A_CARD)).not.toBe(ID_LIKE_A_CARD);
  for (const id of [ID_LIKE_A_CARD, "019a0000-4094-7000-8475-8e4c8000aaef"]) {
    expect(safeText(`adjustment ${id}-1`)).toBe(`adjustment ${id}-1`);
  }
});

test("a card number is masked, beside an id too", () => {
  expect(safeText("card 4111111111111111")).toBe("card 411111••••1111");
  expect(safeText(`4111-1111-1111-1111 ${ID_LIKE_A_CARD}`)).toBe(
    `411111••••1111 ${ID_LIKE_A_CARD}`,
  );
  expect(safeText(null)).toBeNull();
});

test("a trace number stays whole, a card number in its place does not", () => {
  expect(safeTraceNumber("222371863000011")).toBe("222371863000011");
  expect(safeTraceNumber("378282246310005")).toBe("378282••••0005");
  expect(safeTraceNumber("4111111111111111")).toBe("411111••••1111");
});

test("the name of a file stays whole, a card number in it does not", () => {
  const names = Array.from({ length: 10 }, (_, index) => `night-2026-10-05-00000${index}.txt`);
  expect(names.filter((name) => maskCardNumbers(name) !== name)).toHaveLength(1);

  expect(names.map(safeFileName)).toEqual(names);
  expect(safeFileName("night-4111111111111111.txt")).toBe("night-411111••••1111.txt");
  expect(safeFileName(undefined)).toBeNull();
});

test("an identity is left as it is, or masked with a mark that tells it from its like", () => {
  const keys = { derive: (purpose: string) => Buffer.from(`a key for ${purpose}`) };

  expect(safeIdentity("ACK-20261116-1", keys)).toBe("ACK-20261116-1");
  const one = safeIdentity("4111111111111111", keys);
  const other = safeIdentity("4111110000091111", keys);
  expect(one).toMatch(/^411111••••1111 #[0-9a-f]{16}$/);
  expect(other).toMatch(/^411111••••1111 #[0-9a-f]{16}$/);
  expect(other).not.toBe(one);
  expect(safeIdentity("4111111111111111", keys)).toBe(one);
});
