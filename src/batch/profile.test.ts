import { expect, test } from "vitest";

import { Failure } from "../kernel/failure.ts";
import { batchProfile, fileNameOf } from "./profile.ts";

const LEAST = { layout: "generic-csv", marker: "TEST", delivery: { kind: "byHand" } };

function settings(written: object): { batchProfiles: Record<string, unknown> } {
  return { batchProfiles: { core: { ...LEAST, ...written } } };
}

test("the least a profile says leaves one cut-off at the end of the business day", () => {
  const profile = batchProfile(settings({}), "core");

  expect(profile.cutOffs).toEqual([{ name: "endOfDay", time: "18:00", days: "business" }]);
  expect(profile.basis).toBe("assumed");
  expect(profile.tries.minutesBetween.reduce((sum, one) => sum + one, 0)).toBe(180);
});

test("a name in a file name's template is replaced, the sequence filled up", () => {
  const facts = {
    client: "north",
    profile: "core",
    sequence: "42",
    businessDate: "2026-11-24",
    postingDate: "2026-11-25",
    marker: "LIVE",
  };

  expect(fileNameOf("{marker}.{profile}-{businessDate}-{sequence:6}.txt", facts)).toBe(
    "LIVE.core-2026-11-24-000042.txt",
  );
});

test.each([
  ["no marker", { marker: undefined }, "/batchProfiles/core/marker"],
  ["a time that is none", { cutOffs: [{ time: "24:00" }] }, "/batchProfiles/core/cutOffs/0/time"],
  ["one name twice", { cutOffs: [{ time: "10:00" }, { time: "11:00" }] }, "/core/cutOffs"],
  ["a name without sequence", { fileName: "file.txt" }, "/core/fileName"],
  ["a colon outside a token", { fileName: "a:b-{sequence}" }, "/core/fileName"],
  ["an unknown token", { fileName: "{account}-{sequence}" }, "/core/fileName"],
  ["a path", { fileName: "../{sequence}" }, "/core/fileName"],
  ["a hidden name", { fileName: ".{sequence}" }, "/core/fileName"],
  ["an unknown key", { cutoffs: [] }, "/batchProfiles/core"],
])("a profile with %s is refused with the place", (_, written, pointer) => {
  const parse = (): unknown => batchProfile(settings(written), "core");

  expect(parse).toThrow(Failure);
  let faults: readonly { pointer: string }[] = [];
  try {
    parse();
  } catch (error) {
    if (error instanceof Failure) ({ faults } = error);
  }
  expect(faults[0]?.pointer).toContain(pointer);
});

test("a file name may fill the sequence up", () => {
  const { fileName } = batchProfile(settings({ fileName: "{profile}-{sequence:6}.txt" }), "core");

  expect(fileName).toBe("{profile}-{sequence:6}.txt");
});

test("a profile that the client does not have is not found", () => {
  expect(() => batchProfile(settings({}), "other")).toThrow("no batch profile other");
});
