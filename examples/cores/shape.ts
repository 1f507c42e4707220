/** What makes one core different from another: how it reads a call, and how it answers. */
import type { CoreBook, CorePosting } from "./book.ts";

export interface CoreRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface CoreAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** What was posted or found, where this is the answer about one posting. */
  readonly posting?: CorePosting;
}

export interface CallKind {
  /** `post` and `reverse` write, the others do not. */
  readonly kind: "post" | "reverse" | "lookUp" | "validate" | "token" | "other";
  /** The caller's own name of the posting; empty where there is none. */
  readonly reference: string;
}

export interface CoreShape {
  readonly name: string;
  /** Whose secrets it expects; the same names as in its recipe. */
  readonly secrets: Readonly<Record<string, string>>;
  /** What the call is, without doing anything. */
  kindOf(request: CoreRequest): CallKind;
  /** Does it, in the book, and answers. Synchronous: nothing comes between check and posting. */
  handle(request: CoreRequest, state: CoreState): CoreAnswer;
  /** The answer that this was posted before, with an amount of the caller's choice. */
  duplicate(posting: CorePosting, minor: bigint): CoreAnswer;
  /**
   * A refusal that no repetition changes. A core that looks the reference up before it judges
   * answers with what it has posted instead.
   */
  refusal(request: CoreRequest, state: CoreState): CoreAnswer;
}

export interface CoreState {
  readonly book: CoreBook;
  readonly now: () => number;
  /** Accounts by number. */
  readonly closed: Set<string>;
  /** ISO date: nothing is posted on it or before. */
  closedThrough: string | null;
  /** What the core keeps beside its book, e.g. stored answers by key. */
  readonly memory: Map<string, CoreAnswer>;
  /** References whose call is not over yet. */
  readonly running: Set<string>;
}

/** The first lines of an HTTP answer in JSON. */
export function json(
  status: number,
  value: unknown,
  more: Pick<CoreAnswer, "headers" | "posting"> = {},
): CoreAnswer {
  const headers = { "content-type": "application/json", ...more.headers };
  return { ...more, status, headers, body: JSON.stringify(value) };
}
