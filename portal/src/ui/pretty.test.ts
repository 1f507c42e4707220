import { expect, test } from "vitest";

import { prettyPayload } from "./pretty.ts";

test("JSON text is indented and keeps its long numbers", () => {
  const { kind, text } = prettyPayload(
    '{"id":9223372036854775807,"a":[1,{"b":"x, {y}: \\"z"}],"c":{}}',
  );

  expect(kind).toBe("json");
  expect(text).toBe(
    [
      "{",
      '  "id": 9223372036854775807,',
      '  "a": [',
      "    1,",
      "    {",
      '      "b": "x, {y}: \\"z"',
      "    }",
      "  ],",
      '  "c": {}',
      "}",
    ].join("\n"),
  );
});

test("XML is indented, texts stay beside their tags", () => {
  const { kind, text } = prettyPayload(
    '<?xml version="1.0"?><a><b x="1">one</b><c/><d><e>two</e></d><f><![CDATA[<g>]]></f></a>',
  );

  expect(kind).toBe("xml");
  expect(text.split("\n")).toEqual([
    '<?xml version="1.0"?>',
    "<a>",
    '  <b x="1">one</b>',
    "  <c/>",
    "  <d>",
    "    <e>two</e>",
    "  </d>",
    "  <f><![CDATA[<g>]]></f>",
    "</a>",
  ]);
});

test.each([
  ['{"a": "cut sho…', '{\n  "a": "cut sho…'],
  ["<a><b>cut sho…", "<a>\n  <b>cut sho…"],
  ["plain words", "plain words"],
  [null, ""],
])("%o, cut short or neither, is shown as far as it goes", (value, text) => {
  expect(prettyPayload(value).text).toBe(text);
});

test("a value is written out", () => {
  expect(prettyPayload({ a: 1 })).toEqual({ kind: "json", text: '{\n  "a": 1\n}' });
});
