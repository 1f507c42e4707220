import { expect, test } from "vitest";

import { holdsCardNumber, refuseCardNumbers } from "./card-number.ts";

test.each([
  ["4111111111111111", true],
  ["paid to 4111 1111 1111 1111, thanks", true],
  ["5555-5555-5555-4444", true],
  ["378282246310005", true],
  ["4111111111111112", false],
  ["reference 0004111111111111111 of the core", false],
  ["on 2026-11-16 at 15:04", false],
  ["9111111111111111", false],
  ["", false],
])("%s: %s", (text, found) => {
  expect(holdsCardNumber(text)).toBe(found);
});

test("the refusal names the field and never repeats the number", () => {
  const refuse = (): void => refuseCardNumbers("card 4111111111111111", "note");

  expect(refuse).toThrow(
    expect.objectContaining({
      code: "card-number-in-text",
      message: "note holds what looks like a card number",
      faults: [{ pointer: "/note", detail: "no card number may stand in free text" }],
    }),
  );
});
