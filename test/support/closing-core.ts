/** A small core in which the account may be closed, with a suspense to park credits in. */
import { afterEach, beforeEach } from "vitest";

import type { Peer, PeerAnswer } from "./peer.ts";
import { startPeer } from "./peer.ts";

interface Call {
  readonly key: string;
  readonly policy: string | null;
  readonly rule: string;
}

export interface ClosingCore {
  readonly calls: Call[];
  isClosed: boolean;
  /** What it does with its own suspense. */
  parks: "whenAsked" | "byItself" | "never";
  /** Whether the answer to this call is lost. */
  loses: (call: number) => boolean;
  service(policy: string, more?: Record<string, unknown>): Record<string, unknown>;
}

const PARKED = '{"id": "P1", "to": "suspense"}';

/** The settings of a core at this address that says of every account that it is closed. */
export function closedAccountService(address: string): Record<string, unknown> {
  return {
    protocol: "rest-json",
    url: address,
    post: { path: "/post", body: { key: "{{key}}" } },
    answer: { code: "body.code" },
    closedAccount: { codes: ["CLOSED"], policy: "ourSuspense" },
  };
}

/** One for each test; the account is closed, and nothing is parked. */
export function useClosingCore(): ClosingCore {
  let peer: Peer;
  const core: ClosingCore = {
    calls: [],
    isClosed: true,
    parks: "never",
    loses: () => false,
    service: (policy, more = {}) => ({
      protocol: "rest-json",
      url: peer.address,
      post: {
        path: "/post",
        body: {
          key: "{{key}}",
          policy: "{{closedAccount.policy}}",
          rule: "{{adjustment.rule}}",
          to: "{{entry.creditNumber}}",
        },
      },
      answer: { reference: "body.id", code: "body.code", message: "body.message" },
      outcomes: [{ when: { body: { "body.to": "suspense" } }, outcome: "posted", parked: true }],
      closedAccount: { codes: ["CLOSED"], policy },
      ...more,
    }),
  };
  beforeEach(async () => {
    Object.assign(core, { isClosed: true, parks: "never", loses: () => false });
    core.calls.length = 0;
    peer = await startPeer(({ method, body }) =>
      method === "GET" ? { status: 200, body: PARKED } : answerOf(core, JSON.parse(body) as Call),
    );
  });
  afterEach(() => peer.stop());
  return core;
}

function answerOf(core: ClosingCore, call: Call): PeerAnswer {
  core.calls.push(call);
  const isCheck = call.rule === "PaidByCheck";
  if (!core.isClosed || isCheck) return { status: 201, body: `{"id": "S${core.calls.length}"}` };
  const isParked =
    core.parks === "byItself" || (core.parks === "whenAsked" && call.policy !== null);
  if (!isParked) return { status: 422, body: '{"code": "CLOSED", "message": "closed"}' };
  return core.loses(core.calls.length) ? "drop" : { status: 201, body: PARKED };
}
