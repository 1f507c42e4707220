/** XML out and in: every character arrives, and what is not a well-formed document is not read. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { readXml } from "./read-xml.ts";
import type { RequestFacts } from "./template.ts";
import { compileTemplate } from "./template.ts";
import { isForbiddenInXml } from "../formats/xml-characters.ts";
import { factsForXml, writeXml } from "./write-xml.ts";

describe("written", () => {
  test("names are elements in order, @ attributes, #text text, a list repeats", () => {
    const tree = {
      "j:TrnAdd": {
        "@xmlns:j": "urn:j",
        Amt: "100.10",
        Line: [{ "@n": 1, "#text": "a" }, "b"],
        Memo: false,
        Empty: {},
      },
    };

    expect(writeXml(tree)).toBe(
      '<j:TrnAdd xmlns:j="urn:j"><Amt>100.10</Amt><Line n="1">a</Line><Line>b</Line>' +
        "<Memo>false</Memo><Empty/></j:TrnAdd>",
    );
  });

  test("a null fact leaves its element, its attribute, its item out", () => {
    const tree = { a: { "@x": null, "@y": "1", b: null, c: [null, "2"] } };

    expect(writeXml(tree)).toBe('<a y="1"><c>2</c></a>');
  });

  test("a list where text belongs is refused", () => {
    expect(() => writeXml({ a: { "#text": ["1", "2"] } })).toThrow("#text is text, not a tree");
    expect(() => writeXml("a")).toThrow("is not a tree of elements");
  });

  test("nothing in a value becomes markup", () => {
    const evil = `</a><b x="1">]]>&amp;<!-- ' --><![CDATA[`;

    const text = writeXml({ a: { "@x": evil, "#text": evil } });

    expect(text).toBe(
      `<a x="&lt;/a&gt;&lt;b x=&quot;1&quot;&gt;]]&gt;&amp;amp;&lt;!-- ' --&gt;&lt;![CDATA[">` +
        `&lt;/a&gt;&lt;b x="1"&gt;]]&gt;&amp;amp;&lt;!-- ' --&gt;&lt;![CDATA[</a>`,
    );
    expect(readXml(text).content).toEqual({ "@x": evil, "#text": evil });
  });

  test("any text that XML can carry comes back as it was, but for white space around it", () => {
    const texts = fc.string({ unit: "binary", maxLength: 40 }).filter((t) => !isForbiddenInXml(t));

    fc.assert(
      fc.property(texts, texts, (attribute, text) => {
        const { content } = readXml(writeXml({ a: { "@x": attribute, "@y": "", "#text": text } }));
        expect(content).toEqual({
          "@x": attribute,
          "@y": "",
          ...(text.trim() === "" ? {} : { "#text": text.trim() }),
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe("facts", () => {
  const facts: RequestFacts = {
    common: { amount: "1.00", statementText: "bell \u0007" },
    entries: [{ "entry.label": "half \uD800" }],
    overrides: [],
  };

  test.each([
    [{ a: "{{statementText}}" }, "statementText holds a character that XML cannot carry"],
    [{ a: { b: "x {{entry.label}}" } }, "entry.label holds a character"],
  ])("that XML cannot carry are refused by name", (tree, message) => {
    const template = compileTemplate(tree, "", []);

    expect(() => template.render(factsForXml(facts))).toThrow(message);
  });

  test("that no template names are in nobody's way", () => {
    const template = compileTemplate({ a: "{{amount}}" }, "", []);

    expect(template.render(factsForXml(facts))).toEqual({ a: "1.00" });
  });
});

describe("read", () => {
  const read = (text: string) => readXml(text).content;

  test("prefixes go, values stay text, attributes have an @, what repeats is a list", () => {
    const text = `<?xml version="1.0"?><!-- c -->
      <p:Answer xmlns:p="urn:p" p:outcome="00">
        <p:Amt>0100.10</p:Amt> <Id n="1"> X1 </Id> <L>1</L><L>2</L>
        <T><![CDATA[a <b> &amp; ]]>c &amp; d</T><E/>
      </p:Answer>`;

    expect(readXml(text)).toMatchObject({ name: "Answer", namespace: "urn:p" });
    expect(read(text)).toEqual({
      "@outcome": "00",
      Amt: "0100.10",
      Id: { "@n": "1", "#text": "X1" },
      L: ["1", "2"],
      T: "a <b> &amp; c & d",
      E: "",
    });
  });

  test.each([
    ["&lt;&gt;&amp;&quot;&apos;", `<>&"'`],
    ["&#65;&#x42;&#x1F600;", "AB😀"],
    ["&amp;lt;", "&lt;"],
  ])("%s is %s", (written, meant) => {
    expect(read(`<a>${written}</a>`)).toBe(meant);
    expect(read(`<a x="${written}"/>`)).toEqual({ "@x": meant });
  });

  test.each([
    ["nothing", ""],
    ["no markup", "OK"],
    ["a page", "<html><body><p>gone<br></body></html>"],
    ["an end that is missing", "<a><b>1</b>"],
    ["ends that are crossed", "<a><b></a></b>"],
    ["two documents", "<a/><b/>"],
    ["text behind it", "<a/>more"],
    ["an attribute twice", '<a x="1" x="2"/>'],
    ["an attribute without quotes", "<a x=1/>"],
    ["an entity of nobody", "<a>&ref;</a>"],
    ["a bare ampersand", "<a>x & y</a>"],
    ["a reference to what is forbidden", "<a>&#0;</a>"],
    ["a reference beyond Unicode", "<a>&#x110000;</a>"],
    ["a control character", "<a>\u0001</a>"],
    ["a comment without end", "<a><!-- </a>"],
    ["names that reach into objects", "<a><__proto__><x>1</x></__proto__></a>"],
    ["a depth of two hundred", `${"<a>".repeat(200)}${"</a>".repeat(200)}`],
  ])("%s is no document", (_, text) => {
    expect(() => readXml(text)).toThrow(/is not well-formed XML|holds characters/);
  });

  test.each([
    ["<!DOCTYPE a><a/>"],
    ['<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'],
    ['<!DOCTYPE a [<!ENTITY l "lol"><!ENTITY m "&l;&l;&l;&l;">]><a>&m;&m;&m;</a>'],
    ["<!doctype html><html></html>"],
  ])("a document type declaration is refused: %s", (text) => {
    expect(() => readXml(text)).toThrow("it has a document type declaration");
  });

  test("a megabyte of openings ends soon", () => {
    const started = performance.now();

    for (const piece of ["<a>", "<!--", "<![CDATA[", "&#", "<a x='", "<a ", "]]>", "&amp;"]) {
      expect(() => readXml(`<r>${piece.repeat(1_000_000 / piece.length)}`)).toThrow("it ");
    }

    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
