/**
 * The one place where the pages talk to the API: same origin, session cookie, CSRF token. A
 * refusal is a `ProblemError` with what the server says to do; silence is never success.
 */

export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly remedy?: string;
  readonly requestId?: string;
  readonly retryable?: boolean;
  readonly type?: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = "ProblemError";
    this.problem = problem;
  }
}

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Command {
  readonly method?: "POST" | "PUT" | "DELETE";
  readonly body?: unknown;
  /** A file as it is, instead of a body. */
  readonly bytes?: Blob;
  readonly query?: Query;
  /** Made once when the person decides, so that pressing again does it once. */
  readonly key?: string;
  /** The row version that the person saw. */
  readonly version?: number;
}

let csrf = "";

/** Kept in memory only: a page that is loaded anew asks for its session again. */
export function rememberCsrf(token: string): void {
  csrf = token;
}

/** A key for one command. `randomUUID` would need a secure context. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function pathWith(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  if (given.length === 0) return path;
  const texts = given.map(([name, value]) => [name, String(value)]);
  return `${path}?${new URLSearchParams(texts).toString()}`;
}

/** Reads a resource. Throws `ProblemError`. */
export async function read<Answer>(path: string, query?: Query): Promise<Answer> {
  const response = await send(pathWith(`/v1${path}`, query), {
    headers: { accept: "application/json" },
  });
  return (await response.json()) as Answer;
}

export async function readText(path: string): Promise<string> {
  return (await send(`/v1${path}`, {})).text();
}

/** Sends a command. Throws `ProblemError`; what it answers is what the server did. */
export async function command<Answer>(path: string, given: Command = {}): Promise<Answer> {
  const headers: Record<string, string> = {
    accept: "application/json",
    "idempotency-key": given.key ?? newKey(),
    "x-csrf-token": csrf,
  };
  if (given.body !== undefined) headers["content-type"] = "application/json";
  if (given.bytes !== undefined) headers["content-type"] = "application/octet-stream";
  const body = given.body === undefined ? given.bytes : JSON.stringify(given.body);
  if (given.version !== undefined) headers["if-match"] = `"${given.version}"`;
  const response = await send(pathWith(`/v1${path}`, given.query), {
    method: given.method ?? "POST",
    headers,
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return (text === "" ? null : JSON.parse(text)) as Answer;
}

async function send(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, credentials: "same-origin" });
  } catch {
    throw new ProblemError({
      title: "The server did not answer",
      status: 0,
      code: "network",
      detail: "The connection failed before an answer came.",
      remedy:
        "It is not known what became of it. Try again: the same command is done at most once.",
      retryable: true,
    });
  }
  if (response.ok) return response;
  throw new ProblemError(await problemOf(response));
}

async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return {
      title: "The server answered in a way the page does not understand",
      status: response.status,
      code: "unreadable",
      detail: `HTTP ${response.status} ${response.statusText}`.trim(),
      remedy: "Try again; if it stays, tell whoever runs the server.",
      retryable: response.status >= 500,
    };
  }
}
