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

  test("has no secret in it that is escaped where it need not be", () => {
    const secret = "ab/c+d'==";
    const texts = [
      String.raw`{"m":"no ab\/c+d'== here"}`,
      String.raw`{"m":"no ab/c\u002Bd\u0027\u003d\u003D here"}`,
      "<m>no ab&#47;c&#x2b;d&apos;&#x03D;= here</m>",
    ];

    const kept = texts.map((text) => withoutSecrets(text, [secret]));

    expect(kept).toEqual(['{"m":"no •••• here"}', '{"m":"no •••• here"}', "<m>no •••• here</m>"]);
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

  test.each([
    ["DE89370400440532013000", "IBAN DE89 3704 0044 0532 0130 00 is closed"],
    ["DE89370400440532013000", "iban de89-3704-0044-0532-0130-00 is closed"],
    ["12-345-678/9", "IBAN 123456789 is closed"],
    ["123 456 789", "IBAN 123456789 is closed"],
    ["123 456 789", "IBAN 123-456789 is closed"],
  ])("%s is masked in %s", (number, text) => {
    expect(maskedText(text, new Map([[number, "••••00"]]))).toMatch(/^iban ••••00 is closed$/i);
  });

  test("is shortened", () => {
    expect(maskedText("x".repeat(3000), new Map())).toHaveLength(2001);
  });
});
