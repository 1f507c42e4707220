/**
 * A core that nobody wrote an adapter for is connected by configuration alone: XML without SOAP, an
 * API key in a header, the outcome in an attribute, the look-up by query string, always status 200.
 * Through the whole route, with answers dropped and pages in between: executed once each.
 */
import { XMLParser } from "fast-xml-parser";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { testEngine } from "../../test/support/engine.ts";
import type { HeardRequest, Peer, PeerAnswer } from "../../test/support/peer.ts";
import { startPeer } from "../../test/support/peer.ts";
import {
  attemptsMade,
  executedByAccount,
  onlyStanding,
  pendingCredits,
  runRound,
  serviceDesk,
  standing,
} from "../../test/support/service.ts";
import { aClient } from "../../test/support/engine.ts";
import { useDatabase } from "../../test/support/use-database.ts";
import { sql } from "../database/sql.ts";
import { secretsFrom } from "../connections/secrets.ts";

const API_KEY = "the-key-of-the-core-4711";

const db = useDatabase();
const engine = testEngine(db);
const desk = { ...serviceDesk(engine), secrets: secretsFrom({ LEDGER_KEY: API_KEY }) };

interface Leg {
  readonly from: string;
  readonly to: string;
  readonly minor: bigint;
}

interface Posting {
  readonly number: string;
  readonly amount: string;
  readonly legs: readonly Leg[];
}

/** The core's own book, and what goes wrong with the next call of a reference. */
class Ledger {
  readonly postings = new Map<string, Posting>();
  readonly closed = new Set<string>();
  readonly #calls = new Map<string, number>();
  fault: (ordinal: number, call: number) => "before" | "after" | "page" | null = () => null;

  answer(request: HeardRequest): PeerAnswer {
    if (request.headers["x-ledger-key"] !== API_KEY) return { status: 401, body: "<denied/>" };
    const url = new URL(request.path, "http://core");
    if (request.method === "GET") return this.#inquiry(url.searchParams.get("ref") ?? "");
    return this.#post(request.body);
  }

  #inquiry(ref: string): PeerAnswer {
    const posting = this.postings.get(ref);
    return result(posting === undefined ? { outcome: "25" } : { outcome: "00", ...said(posting) });
  }

  #post(body: string): PeerAnswer {
    const { ref, amount, legs } = parsed(body);
    const call = (this.#calls.get(ref) ?? 0) + 1;
    this.#calls.set(ref, call);
    const fault = this.fault([...this.#calls.keys()].indexOf(ref), call);
    if (fault === "before") return "drop";
    const known = this.postings.get(ref);
    if (known !== undefined) return result({ outcome: "94", ...said(known) });
    if (legs.some((leg) => this.closed.has(leg.to))) {
      return result({ outcome: "14", text: "account closed" });
    }
    const posting = { number: `L${this.postings.size + 1}`, amount, legs };
    this.postings.set(ref, posting);
    if (fault === "after") return "drop";
    if (fault === "page") return { status: 200, body: "<html><body>please wait<br></html>" };
    return result({ outcome: "00", ...said(posting) });
  }

  byAccount(): Record<string, string> {
    const sums = new Map<string, bigint>();
    const add = (account: string, minor: bigint): void =>
      void sums.set(account, (sums.get(account) ?? 0n) + minor);
    for (const leg of [...this.postings.values()].flatMap((posting) => posting.legs)) {
      add(leg.from, -leg.minor);
      add(leg.to, leg.minor);
    }
    const sorted = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted.map(([account, minor]) => [account, String(minor)]));
  }
}

function said({ number, amount }: Posting): Record<string, string> {
  return { no: number, amt: amount };
}

function result(attributes: Record<string, string>): PeerAnswer {
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${value}"`);
  return {
    headers: { "content-type": "text/xml" },
    body: `<l:result xmlns:l="urn:l"${written.join("")}/>`,
  };
}

/** By a reader of the core's own. */
function parsed(body: string): { ref: string; amount: string; legs: Leg[] } {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "",
    parseTagValue: false,
    isArray: (name) => name === "leg",
  });
  const { posting } = parser.parse(body) as {
    posting: {
      ref: string;
      total: { "#text": string };
      leg: { from: string; to: string; "#text": string }[];
    };
  };
  const legs = posting.leg.map((leg) => ({
    from: leg.from,
    to: leg.to,
    minor: BigInt(leg["#text"].replace(".", "")),
  }));
  return { ref: posting.ref, amount: posting.total["#text"], legs };
}

/** All that connects it. */
const connection = (address: string) => ({
  protocol: "xml",
  url: address,
  authentication: { kind: "header", name: "X-Ledger-Key", value: "env:LEDGER_KEY" },
  key: { format: "int64", header: null, lifeSeconds: 86_400 },
  post: {
    path: "/in",
    body: {
      posting: {
        "@ref": "{{key}}",
        "@day": "{{postingDate}}",
        total: { "@ccy": "{{currency}}", "#text": "{{amount}}" },
        leg: {
          $each: "entries",
          as: {
            "@from": "{{entry.debitNumber}}",
            "@to": "{{entry.creditNumber}}",
            "#text": "{{entry.amount}}",
          },
        },
        text: "{{statementText}}",
      },
    },
  },
  lookUp: {
    path: "/inquiry?ref={{key}}",
    outcomes: [
      { when: { code: "25" }, outcome: "notFound" },
      { when: { code: "00" }, outcome: "posted" },
    ],
    absenceIsProofAfterSeconds: 30,
  },
  answer: {
    code: "body.result.@outcome",
    message: "body.result.@text",
    reference: "body.result.@no",
    amount: "body.result.@amt",
  },
  outcomes: [
    { when: { code: "00" }, outcome: "posted" },
    { when: { code: "94" }, outcome: "alreadyPosted" },
    { when: { code: "14" }, outcome: "refused" },
    { when: { status: "2xx" }, outcome: "unknown" },
  ],
  timeouts: { connectSeconds: 5, callSeconds: 5 },
});

let ledger: Ledger;
let peer: Peer;
beforeEach(async () => {
  ledger = new Ledger();
  peer = await startPeer((request) => ledger.answer(request));
});
afterEach(() => peer.stop());

async function later(seconds: number): Promise<number> {
  engine.clock.advance({ seconds });
  return runRound(desk);
}

describe("a fourth core", () => {
  test("posts, with our key as its reference and its number as ours", async () => {
    const client = await aClient(engine, { services: { core: connection(peer.address) } });
    const [id = ""] = await pendingCredits(engine, client, ["100.00"]);

    await runRound(desk);

    expect(await onlyStanding(db, id)).toMatchObject({ state: "executed" });
    expect([...ledger.postings.values()]).toMatchObject([{ number: "L1", amount: "100.00" }]);
    const [execution] = await db.query(sql`select reference from execution`);
    expect(execution).toEqual({ reference: "L1" });
    expect(ledger.byAccount()).toEqual({ "1410-0100": "-10000", "4000123412341234": "10000" });
  });

  test("a refusal in an attribute is one, though the status is 200", async () => {
    ledger.closed.add("4000123412341234");
    const client = await aClient(engine, { services: { core: connection(peer.address) } });
    const [id = ""] = await pendingCredits(engine, client, ["100.00"]);

    await runRound(desk);

    expect(await onlyStanding(db, id)).toMatchObject({
      state: "serviceFailed",
      reason: "account closed",
    });
  });

  test("with calls and answers lost, and pages for answers, all are executed once", async () => {
    const faults = ["after", "before", "page", null] as const;
    ledger.fault = (ordinal, call) => (call === 1 ? (faults[ordinal % 4] ?? null) : null);
    const client = await aClient(engine, { services: { core: connection(peer.address) } });
    const amounts = Array.from({ length: 24 }, (_, index) => `${index + 1}.25`);
    const ids = await pendingCredits(engine, client, amounts);

    await runRound(desk);
    for (let round = 0; round < 12; round += 1) await later(20);

    const states = await standing(db, ids);
    expect(new Set(states.map((one) => one.state))).toEqual(new Set(["executed"]));
    expect(ledger.postings.size).toBe(24);
    expect(await executedByAccount(engine, client)).toEqual(ledger.byAccount());
    const attempts = await Promise.all(ids.map((id) => attemptsMade(db, { client, id })));
    const kinds = new Set(attempts.map((made) => made.map((one) => one[1]).join(" ")));
    expect(kinds).toContain("unknown posted");
    expect([...kinds].some((kind) => /^unknown( notFound)+ posted$/.test(kind))).toBe(true);
  });

  test("neither its key nor an account number is on record", async () => {
    const client = await aClient(engine, { services: { core: connection(peer.address) } });
    await pendingCredits(engine, client, ["100.00"]);

    await runRound(desk);

    expect(peer.heard[0]?.headers).toMatchObject({ "x-ledger-key": API_KEY });
    const [kept] = await db.query<{ request: { body: string }; all: string }>(sql`
      select t.request, t.request::text || coalesce(o.answer, '') as all
      from service_attempt t join service_attempt_outcome o on o.attempt_id = t.id
    `);
    expect(kept?.request.body).toContain('to="400012••••1234">100.00</leg><text>');
    expect(kept?.all).not.toMatch(new RegExp(`${API_KEY}|4000123412341234`));
  });
});
