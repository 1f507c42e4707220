import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";

import { dateOf } from "../../../kernel/clock.ts";

import { Looks } from "./looks.ts";
import type { WaitingFile } from "./place.ts";

const PLACE = "harbor\nnightly";
const RULE = { quietSeconds: 10 };

function seen(name: string, version: string, sizeBytes = 1): WaitingFile {
  return { name, sizeBytes, whole: { by: "looks", version } };
}

function changed(name: string, at: number): WaitingFile {
  const changedAt = dateOf(Temporal.Instant.fromEpochMilliseconds(at));
  return { name, sizeBytes: 1, whole: { by: "clock", changedAt } };
}

function names(files: readonly WaitingFile[]): string[] {
  return files.map((file) => file.name);
}

describe("when it is time for a look", () => {
  test("at once, and then every so many seconds since the look before", () => {
    const looks = new Looks();
    const isTime = (now: number) => looks.isTime(PLACE, 30, now);

    expect([0, 29_999, 30_000, 59_999, 60_000].map(isTime)).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
    expect(looks.isTime("harbor\nother", 30, 1)).toBe(true);
  });
});

describe("by two looks of a place with a clock of its own", () => {
  test("whole once it was the same for long enough, not at the first look", () => {
    const looks = new Looks();
    const at = (now: number) => names(looks.sort(PLACE, [seen("a.csv", "v1")], RULE, now).whole);

    expect([0, 9_999, 10_000, 20_000].map(at)).toEqual([[], [], ["a.csv"], ["a.csv"]]);
  });

  test("a file of no bytes waits like any other", () => {
    const looks = new Looks();
    const empty = seen("empty.csv", "0 bytes", 0);

    expect(looks.sort(PLACE, [empty], RULE, 0).whole).toEqual([]);
    expect(looks.sort(PLACE, [empty], RULE, 10_000).whole).toEqual([empty]);
  });

  test("with no quiet seconds the second look decides, never the first", () => {
    const looks = new Looks();
    const rule = { quietSeconds: 0 };

    expect(looks.sort(PLACE, [seen("a.csv", "v1")], rule, 5).whole).toEqual([]);
    expect(looks.sort(PLACE, [seen("a.csv", "v1")], rule, 5).whole).toHaveLength(1);
  });

  test("one that changed begins anew, and so does one that was away for a look", () => {
    const looks = new Looks();
    const look = (files: readonly WaitingFile[], now: number) =>
      names(looks.sort(PLACE, files, RULE, now).whole);
    look([seen("grows.csv", "v1"), seen("away.csv", "v1")], 0);
    look([seen("grows.csv", "v2")], 10_000);

    const both = [seen("grows.csv", "v2"), seen("away.csv", "v1")];

    expect(look(both, 19_999)).toEqual([]);
    expect(look(both, 20_000)).toEqual(["grows.csv"]);
    expect(look(both, 29_999)).toEqual(["grows.csv", "away.csv"]);
  });

  test("one that is renamed between two looks is a file that nobody saw yet", () => {
    const looks = new Looks();
    looks.sort(PLACE, [seen("part-1.csv", "v1")], RULE, 0);

    expect(looks.sort(PLACE, [seen("whole.csv", "v1")], RULE, 10_000).whole).toEqual([]);
    expect(names(looks.sort(PLACE, [seen("whole.csv", "v1")], RULE, 20_000).whole)).toEqual([
      "whole.csv",
    ]);
  });

  test("a file that took another's name is told by its version", () => {
    const looks = new Looks();
    looks.sort(PLACE, [seen("a.csv", "v1"), seen("b.csv", "v2")], RULE, 0);

    const swapped = [seen("a.csv", "v2"), seen("b.csv", "v1")];

    expect(looks.sort(PLACE, swapped, RULE, 10_000).whole).toEqual([]);
  });

  test("what one place showed says nothing of another, nor of another process", () => {
    const looks = new Looks();
    looks.sort(PLACE, [seen("a.csv", "v1")], RULE, 0);

    expect(looks.sort("harbor\nother", [seen("a.csv", "v1")], RULE, 10_000).whole).toEqual([]);
    expect(new Looks().sort(PLACE, [seen("a.csv", "v1")], RULE, 10_000).whole).toEqual([]);
  });
});

test("by a clock of our own: quiet for so long, at the first look already", () => {
  const at = (now: number) => names(new Looks().sort(PLACE, [changed("a", 1000)], RULE, now).whole);

  expect([1000, 10_999, 11_000].map(at)).toEqual([[], [], ["a"]]);
  expect(at(0), "changed in the future").toEqual([]);
});

test("by the place: at once", () => {
  const file: WaitingFile = { name: "a", sizeBytes: 0, whole: { by: "place" } };

  expect(new Looks().sort(PLACE, [file], RULE, 0).whole).toEqual([file]);
});

describe("by done-markers", () => {
  const MARKED = { quietSeconds: 10, doneMarker: ".done" };
  const look = (looks: Looks, files: readonly string[], now: number) => {
    const waiting = files.map((name) => seen(name, "v1"));
    const { whole, leftMarkers } = looks.sort(PLACE, waiting, MARKED, now);
    return { whole: names(whole), leftMarkers };
  };

  test("a file counts with its own marker, whatever the clock says; a marker is no file", () => {
    const files = ["a.csv", "b.csv", "b.csv.done", "c.done"];

    expect(look(new Looks(), files, 0)).toEqual({ whole: ["b.csv"], leftMarkers: [] });
  });

  test("a marker without its file is left over at the second look, not at the first", () => {
    const looks = new Looks();

    expect(look(looks, ["gone.csv.done"], 0).leftMarkers).toEqual([]);
    expect(look(looks, ["gone.csv.done"], 1).leftMarkers).toEqual(["gone.csv.done"]);
  });

  test("one whose file comes after it is not", () => {
    const looks = new Looks();
    look(looks, ["late.csv.done"], 0);

    expect(look(looks, ["late.csv", "late.csv.done"], 1)).toEqual({
      whole: ["late.csv"],
      leftMarkers: [],
    });
    expect(look(looks, ["late.csv.done"], 2).leftMarkers, "collected just now").toEqual([]);
  });

  test("a file whose own name ends like a marker is one where a marker of it stands", () => {
    const looks = new Looks();
    const found = () => look(looks, ["x.done", "x.done.done"], 0);

    expect(found()).toEqual({ whole: ["x.done"], leftMarkers: [] });
    expect(found().leftMarkers, "at the second look it would be deleted").toEqual([]);
  });
});
