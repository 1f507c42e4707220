import { describe, expect, test } from "vitest";

import type { Circuit } from "./circuit.ts";
import { afterCalls, CLOSED, mayProbe, withProbe } from "./circuit.ts";
import { openGate } from "./gate.ts";

const limits = { opensAfter: 3, probeAfterSeconds: 10, longestSeconds: 60 };

describe("the circuit", () => {
  test("opens after so many failures in a row, not before", () => {
    const two = afterCalls(CLOSED, ["failed", "failed"], limits, 0);
    const between = afterCalls(two, ["answered", "failed", "failed"], limits, 0);
    const three = afterCalls(between, ["failed"], limits, 0);

    expect([two.state, between.state, three.state]).toEqual(["closed", "closed", "open"]);
    expect(three.probeAt).toBe(10_000);
  });

  test("lets one probe through when its time has come, then none until that one's is up", () => {
    const open = afterCalls(CLOSED, ["failed", "failed", "failed"], limits, 0);

    expect([mayProbe(open, 9_999), mayProbe(open, 10_000)]).toEqual([false, true]);
    const probed = withProbe(open, 10_000, 5);
    expect([mayProbe(probed, 10_001), mayProbe(probed, 15_000)]).toEqual([false, true]);
  });

  test("waits longer after every failed probe, up to a limit; an answer closes it", () => {
    let circuit: Circuit = afterCalls(CLOSED, ["failed", "failed", "failed"], limits, 0);
    const waits = [1, 2, 3, 4].map(() => {
      circuit = afterCalls(withProbe(circuit, 0, 5), ["failed"], limits, 0);
      return circuit.probeAt;
    });

    expect(waits).toEqual([20_000, 40_000, 60_000, 60_000]);
    expect(afterCalls(circuit, ["answered"], limits, 0)).toEqual(CLOSED);
  });

  test("is the same object while all is well, so that no row is written", () => {
    expect(afterCalls(CLOSED, ["answered", "answered"], limits, 0)).toBe(CLOSED);
  });
});

describe("the gate", () => {
  test("lets as many through as the service takes at once", () => {
    const gate = openGate();

    gate.started(3);

    expect(gate.free(4)).toBe(1);
    gate.ended();
    expect(gate.free(4)).toBe(2);
  });

  test("starts with one after an outage and doubles with every answer", () => {
    const gate = openGate();
    gate.broken();

    const free = [0, 1, 2, 3].map(() => {
      const now = gate.free(100);
      gate.answered();
      return now;
    });

    expect(free).toEqual([1, 2, 4, 8]);
  });
});
