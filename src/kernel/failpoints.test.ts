import { expect, test } from "vitest";

import { FailpointReached, failpointsFrom } from "./failpoints.ts";

test("nothing configured does nothing", () => {
  expect(() => failpointsFrom(undefined).at("anywhere")).not.toThrow();
});

test("a failpoint fails or kills where it is named and nowhere else", () => {
  const killed: string[] = [];
  const failpoints = failpointsFrom("a.b=fail, c.d=kill", () => void killed.push("c.d"));

  expect(() => failpoints.at("a.b")).toThrow(FailpointReached);
  failpoints.at("a");
  expect(killed).toEqual([]);
  failpoints.at("c.d");
  expect(killed).toEqual(["c.d"]);
});

test.each(["a", "a=stop", "=kill", "a=kill=now=x,b"])("%s is refused", (text) => {
  expect(() => failpointsFrom(text)).toThrow("name=kill or name=fail");
});
