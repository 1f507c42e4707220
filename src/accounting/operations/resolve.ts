/** resolve: runs the gate; what it refuses is not resolved. */
import { Failure } from "../../kernel/failure.ts";

import type { Applied } from "../decide-context.ts";
import type { ResolutionDecision } from "../dispute-book.ts";
import { moveState, record } from "../dispute-book.ts";
import { evaluateGate } from "../gate.ts";

export function resolve(applied: Applied): void {
  const { book, context, input, operationId, today } = applied;
  const decision = input["decision"] as ResolutionDecision;
  const gate = evaluateGate(book, context.rulebook, decision);
  if (!gate.allowed && !applied.overridesGate) {
    const words = gate.because.join("; ");
    throw new Failure("gate-refused", `the dispute does not resolve as ${decision}: ${words}`, {
      decision,
    });
  }
  if (applied.positions.booked("customerReceivable") !== 0n && input["collections"] === undefined) {
    throw new Failure(
      "gate-refused",
      "a claim on the holder is open: name the collections department it is handed to",
      { decision },
      [{ pointer: "/collections", detail: "is needed while a claim on the holder is open" }],
    );
  }
  record(book, {
    type: "resolutionRecorded",
    resolution: {
      id: context.ids.next(),
      operationId,
      decision,
      stateBefore: book.state,
      decidedOn: today,
      undone: false,
    },
  });
  moveState(book, "resolved");
}
