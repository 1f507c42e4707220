import { isAbsolute } from "node:path";

import { expect, test } from "vitest";

import { explainConfiguration, readConfiguration } from "./config.ts";

test("nothing set means the embedded database beside us, for this machine only", () => {
  const configuration = readConfiguration({ DATABASE_URL: "" });

  expect(configuration).toMatchObject({ databaseUrl: undefined, host: "127.0.0.1", port: 8080 });
  expect(configuration.dataDirectory).toMatch(/data$/);
  expect(isAbsolute(configuration.dataDirectory)).toBe(true);
});

test.each(["http", "-1", "65536", "80.5", "8080 "])("PORT %j is refused by name", (PORT) => {
  expect(() => readConfiguration({ PORT })).toThrow(/^PORT: .* is not a port$/);
});

test("who signs in at the terminal is no unknown setting, and is shown masked", () => {
  const environment = { REDRESS_API_KEY: "rk_secret", REDRESS_PASSWORD: "secret" };

  const explained = explainConfiguration(environment);

  const shown = explained.filter(({ setting }) => Object.hasOwn(environment, setting));
  expect(shown.map(({ value, source }) => ({ value, source }))).toEqual([
    { value: "****", source: "environment" },
    { value: "****", source: "environment" },
  ]);
});
