import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fit } from "./shape.ts";
import { describe as shown, inReadingOrder, parseSource } from "./source.ts";
import type { Problem } from "./source.ts";

function parse(text: string) {
  const problems: Problem[] = [];
  const source = parseSource("rules.yaml", text, problems);
  return { source, problems, reasons: () => inReadingOrder(problems).map(shown) };
}

describe("a YAML source", () => {
  it("keeps decimals, dates and quoted words as text and reads integers and booleans", () => {
    const { source, problems } = parse(
      'a: 500.00\nb: 500\nc: "500"\nd: true\ne: "true"\nf: 2026-11-16\ng:\nh: [0x10, 1e3, 007]\n',
    );

    expect(problems).toEqual([]);
    expect(source.value).toEqual({
      a: "500.00",
      b: 500,
      c: "500",
      d: true,
      e: "true",
      f: "2026-11-16",
      g: null,
      h: ["0x10", "1e3", "007"],
    });
  });

  it("knows the line and column of keys and values", () => {
    const { source } = parse("rules:\n  Paid:\n    debit: suspense\n    tags: [one, two]\n");

    expect(source.at(["rules", "Paid", "debit"])).toEqual({
      file: "rules.yaml",
      line: 3,
      column: 12,
    });
    expect(source.atKey(["rules", "Paid", "debit"])).toMatchObject({ line: 3, column: 5 });
    expect(source.at(["rules", "Paid", "tags", 1])).toMatchObject({ line: 4, column: 17 });
    expect(source.at(["rules", "Paid", "absent"])).toMatchObject({ line: 3, column: 5 });
  });

  it.each([
    ["a: 1\nb: 2\na: 3\n", 'rules.yaml:3:1 duplicate "a" in the same mapping'],
    ["a: &x 1\nb: *x\n", "rules.yaml:2:4 aliases are not allowed: write the value out"],
    ["a: !python/object 1\n", "rules.yaml:1:4 not YAML: Unresolved tag: !python/object"],
    ["__proto__: 1\n", "rules.yaml:1:1 a key has to be a plain name"],
  ])("refuses %j", (text, expected) => {
    expect(parse(text).reasons()).toContain(expected);
  });

  it("reports broken YAML with its place and goes on", () => {
    const { problems } = parse("a: [1, 2\nb: 3\n");

    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]?.reason).toMatch(/^not YAML: /);
    expect(problems[0]?.line).toBeGreaterThan(0);
  });
});

describe("a shape over a source", () => {
  const shape = z.strictObject({
    rules: z.record(
      z.string().regex(/^[A-Z]/, "a rule's name begins with a capital"),
      z.strictObject({
        processing: z.enum(["execute", "track"]),
        label: z.string(),
        amount: z.union([z.string(), z.strictObject({ least: z.int() })]).optional(),
      }),
    ),
  });

  it("gives the typed value of what fits", () => {
    const { source, problems } = parse("rules:\n  Paid: { processing: track, label: Paid }\n");

    const value = fit(shape, source, problems);

    expect(value?.rules.Paid?.processing).toBe("track");
    expect(problems).toEqual([]);
  });

  it("names every misfit with line, column and reason, not only the first", () => {
    const { source, problems, reasons } = parse(
      [
        "rules:",
        "  Paid: { processing: post, label: 7 }",
        "  Denied:",
        "    processing: track",
        "    colour: red",
        "    amount: { least: x }",
        "  small: { processing: track, label: Small }",
        "extra: 1",
      ].join("\n"),
    );

    expect(fit(shape, source, problems)).toBeNull();
    expect(reasons()).toEqual([
      'rules.yaml:2:23 processing: "post" is not one of execute, track',
      "rules.yaml:2:36 label: expected string, found 7",
      'rules.yaml:3:3 "label" is missing',
      'rules.yaml:5:5 unknown key "colour"',
      'rules.yaml:6:22 least: expected number, found "x"',
      'rules.yaml:7:3 "small": a rule\'s name begins with a capital',
      'rules.yaml:8:1 unknown key "extra"',
    ]);
  });
});
