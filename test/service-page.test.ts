/** The page by which an engineer connects a core names every setting and every fact there is. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";
import { z } from "zod";

import { ENTRY_FACTS, REQUEST_FACTS } from "../src/service/request-fact-names.ts";
import { serviceOf, serviceShape } from "../src/service/service-configuration.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../docs/reference/accounting-service.md"), {
  encoding: "utf8",
});

test("every fact is listed", () => {
  const missing = [...REQUEST_FACTS, ...ENTRY_FACTS].filter(
    (name) => !PAGE.includes(`\`${name}\``),
  );

  expect(missing).toEqual([]);
});

test("every setting is named", () => {
  const names = new Set<string>();
  const collect = (schema: unknown): void => {
    if (typeof schema !== "object" || schema === null) return;
    const { properties } = schema as { properties?: Record<string, unknown> };
    for (const name of Object.keys(properties ?? {})) names.add(name);
    Object.values(schema).forEach(collect);
  };
  collect(z.toJSONSchema(serviceShape, { io: "input", unrepresentable: "any" }));

  const missing = [...names].filter((name) => !new RegExp(`[\`"]${name}[\`"]`).test(PAGE));

  expect(names.size).toBeGreaterThan(60);
  expect(missing).toEqual([]);
});

test("its whole services load", () => {
  const blocks = [...PAGE.matchAll(/```json\n([\s\S]*?)```/g)].map(
    ([, text = ""]) => JSON.parse(text) as Record<string, unknown>,
  );
  const services = blocks.flatMap((block) => {
    if ("services" in block) return Object.values(block["services"] as Record<string, unknown>);
    return "protocol" in block ? [block] : [];
  });

  expect(services).toHaveLength(2);
  for (const core of services) {
    expect(serviceOf({ services: { core } }, "core")).toMatchObject({ name: "core" });
  }
});
