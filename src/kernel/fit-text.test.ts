/** What text from outside may hold. */
import { describe, expect, test } from "vitest";

import { refuseUnfitText } from "./fit-text.ts";

describe("refused, with the place", () => {
  test.each([
    ["a NUL", { a: ["x", "b\u0000"] }, "/a/1: holds a NUL character"],
    ["half a character", { a: { b: "\ud800" } }, "/a/b: holds half a character"],
    ["a NUL in a name", { "a\u0000/b": 1 }, "/a�~1b: has an impossible name"],
    ["a bare text", "\u0000", "/: holds a NUL character"],
  ])("%s", (_, value, words) => {
    expect(() => {
      refuseUnfitText(value);
    }).toThrow(words);
  });

  test("a card number in free text, without repeating it", () => {
    const refused = () => {
      refuseUnfitText({ input: { reason: "call about 4111 1111 1111 1111" } });
    };

    expect(refused).toThrow(/input\/reason holds what looks like a card number/);
    expect(refused).not.toThrow(/4111/);
  });

  test.each([
    ["an operation's reference", { input: { reference: "R 4111 1111 1111 1111" } }],
    ["a fact's value", { input: { fact: "exemption", value: "4111111111111111" } }],
    ["a movement of a history", { input: { movements: [{ reference: "4111111111111111" }] } }],
    ["a reference of the core", { reference: "4111111111111111" }],
    ["a remark", { text: "4111111111111111" }],
    ["an owner", { owner: "4111111111111111" }],
  ])("a card number in %s", (_, value) => {
    expect(() => {
      refuseUnfitText(value);
    }).toThrow(/looks like a card number/);
  });

  test("nesting without end", () => {
    let value: unknown = 1;
    for (let depth = 0; depth < 100; depth += 1) value = [value];

    expect(() => {
      refuseUnfitText(value);
    }).toThrow(/32 levels/);
  });
});

test("everything else passes: emoji, accounts, ids, numbers, nothing", () => {
  expect(() => {
    refuseUnfitText({
      reason: "fine 👍 4111111111111112",
      account: "4111111111111111",
      number: "4111111111111111",
      input: { adjustment: "0194abcd-abcf-4111-8111-1111101abcde" },
      list: [1, null, true, undefined],
    });
  }).not.toThrow();
});

test("bytes are no text, and are not looked through", () => {
  const bytes = Object.assign(Buffer.from([0, 1]), { note: "\u0000" });

  expect(() => refuseUnfitText(bytes)).not.toThrow();
  expect(() => refuseUnfitText({ file: bytes })).not.toThrow();
});
