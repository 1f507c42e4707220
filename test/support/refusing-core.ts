/** A small core that refuses some accounts, and says whose an account is when it is asked. */
import { afterEach, beforeEach } from "vitest";

import type { Peer, PeerAnswer } from "./peer.ts";
import { startPeer } from "./peer.ts";

interface Call {
  readonly validate?: boolean;
  readonly from: string;
  readonly to: string;
  readonly amount: string;
}

export interface RefusingCore {
  readonly calls: Call[];
  /** Accounts that it refuses. */
  readonly closed: Set<string>;
  /** What it says of the customer: `Y` or not. */
  same: string;
  /** Instead of everything else. */
  answer: PeerAnswer | null;
  service(accountChange: unknown, more?: Record<string, unknown>): Record<string, unknown>;
}

const BODY = {
  from: "{{entry.debitNumber}}",
  to: "{{entry.creditNumber}}",
  amount: "{{amount}}",
};

/** One for each test; the account given is closed. */
export function useRefusingCore(closed: string): RefusingCore {
  let peer: Peer;
  const core: RefusingCore = {
    calls: [],
    closed: new Set(),
    same: "Y",
    answer: null,
    service: (accountChange, more = {}) => ({
      protocol: "rest-json",
      url: peer.address,
      post: { path: "/post", body: BODY },
      validate: { path: "/validate", body: { ...BODY, validate: true } },
      answer: { reference: "body.id", code: "body.code", message: "body.message" },
      accountChange,
      maxAccountingServiceCallRetries: 0,
      ...more,
    }),
  };
  beforeEach(async () => {
    core.calls.length = 0;
    core.closed.clear();
    core.closed.add(closed);
    core.same = "Y";
    core.answer = null;
    peer = await startPeer(({ body }) => answerOf(core, JSON.parse(body) as Call));
  });
  afterEach(() => peer.stop());
  return core;
}

function answerOf(core: RefusingCore, call: Call): PeerAnswer {
  core.calls.push(call);
  if (core.answer !== null) return core.answer;
  if (call.validate === true) return { status: 200, body: JSON.stringify({ same: core.same }) };
  if (core.closed.has(call.to) || core.closed.has(call.from)) {
    return { status: 422, body: '{"code": "NOPE", "message": "no posting there"}' };
  }
  return { status: 201, body: `{"id": "S${core.calls.length}"}` };
}
