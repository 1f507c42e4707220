import { expect, test } from "vitest";

import { holdsCardNumber, refuseCardNumbers } from "./card-number.ts";

test.each([
  ["4111111111111111", true],
  ["paid to 4111 1111 1111 1111, thanks", true],
  ["5555-5555-5555-4444", true],
  ["378282246310005", true],
  ["2223003122003222", true],
  ["6011111111111117", true],
  ["30569309025904", true],
  ["3530111333300000", true],
  ["6759649826438453", true],
  ["4111111111111112", false],
  ["reference 0004111111111111111 of the core", false],
  ["on 2026-11-16 at 15:04", false],
  ["9111111111111111", false],
  // A right check digit by chance, and no scheme's: a day and an ordinal, an Amex of 16 digits.
  ["2026112600000011", false],
  ["20261126-0000005", false],
  ["3411111111111110", false],
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
