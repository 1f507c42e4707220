import { describe, expect, test } from "vitest";

import { maskedText, withoutSecrets } from "./mask.ts";

describe("what is kept of an answer", () => {
  test("has no secret in it, in whatever it is written", () => {
    const secret = `a&<b>"c`;
    const texts = [
      `plain ${secret}`,
      '<p>a&amp;&lt;b&gt;&quot;c</p> <p>a&amp;&lt;b&gt;"c</p> <p>a&amp;&lt;b>"c</p>',
      JSON.stringify({ secret }),
      new URLSearchParams({ secret }).toString(),
    ];

    const kept = texts.map((text) => withoutSecrets(text, [secret]));

    expect(kept).toEqual([
      "plain ••••",
      "<p>••••</p> <p>••••</p> <p>••••</p>",
      '{"secret":"••••"}',
      "secret=••••",
    ]);
  });

  test("keeps what only looks like a short secret", () => {
    expect(withoutSecrets("code 12345, 123456", ["12345", "123456"])).toBe("code 12345, ••••");
  });

  test("has numbers masked: ours, and what looks like a card's", () => {
    const numbers = new Map([["40001234", "••••1234"]]);

    expect(maskedText("from 40001234 to 4111 1111 1111 1111", numbers)).toBe(
      "from ••••1234 to 411111••••1111",
    );
  });

  test("has numbers masked as people write them: in groups, without the zeros in front", () => {
    const numbers = new Map([["0004000123412341", "••••2341"]]);

    const texts = ["0004-0001-2341-2341", "0004 0001 2341 2341.", "no 4000123412341!"];

    expect(texts.map((text) => maskedText(text, numbers))).toEqual([
      "••••2341",
      "••••2341.",
      "no ••••2341!",
    ]);
    // Part of a longer number that is none of ours.
    expect(maskedText("id 940001234123415", numbers)).toBe("id 940001234123415");
  });

  test("is shortened", () => {
    expect(maskedText("x".repeat(3000), new Map())).toHaveLength(2001);
  });
});
