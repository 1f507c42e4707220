/** What the server says: loading, nothing there, refused with what to do, done. */
import { Button, Loader } from "@mantine/core";
import { CircleCheck, Inbox, TriangleAlert, WifiOff } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { useEffect, useRef } from "react";

import { ProblemError } from "../api/http.ts";
import type { Problem } from "../api/http.ts";

import { inWords, spoken } from "./states.ts";
import css from "./ui.module.css";

export function Loading({ what }: { readonly what: string }) {
  return (
    <div className={css["loading"]} role="status">
      <Loader size="xs" aria-hidden />
      Reading {what}…
    </div>
  );
}

/** Nothing to show is a chance to say how something would come here. */
export function Empty(props: {
  readonly title: string;
  readonly icon?: LucideIcon;
  readonly children?: ReactNode;
}) {
  const Icon = props.icon ?? Inbox;
  return (
    <div className={css["empty"]}>
      <Icon size={22} strokeWidth={1.6} aria-hidden />
      <h3>{props.title}</h3>
      {props.children}
    </div>
  );
}

const OURS: Problem = {
  title: "The page failed",
  status: 0,
  code: "page-error",
  detail: "Something in this page went wrong.",
  remedy: "Load it again; if it stays, tell whoever runs the server what you did.",
};

export function ProblemNote(props: {
  readonly error: unknown;
  readonly retry?: (() => void) | undefined;
}) {
  const problem = props.error instanceof ProblemError ? props.error.problem : OURS;
  return (
    <div className={css["problem"]} role="alert">
      <h3>
        <TriangleAlert size={15} aria-hidden />
        {problem.title}
      </h3>
      {isOfFaults(problem) ? null : <p>{spoken(problem.detail)}</p>}
      <Faults problem={problem} />
      {problem.remedy === undefined ? null : (
        <p>
          <strong>What to do:</strong> {spoken(problem.remedy)}
        </p>
      )}
      <p className={css["soft"]}>
        <code>{problem.code}</code>
        {problem.requestId === undefined ? null : ` · request ${problem.requestId}`}
      </p>
      {props.retry === undefined ? null : (
        <div>
          <Button variant="default" onClick={props.retry}>
            Try again
          </Button>
        </div>
      )}
    </div>
  );
}

/** The detail says the same as the list of faults, in the server's names. */
function isOfFaults({ detail, errors = [] }: Problem): boolean {
  return (
    errors.length > 0 &&
    detail === errors.map((one) => `${one.pointer.slice(1)}: ${one.detail}`).join("; ")
  );
}

function Faults({ problem }: { readonly problem: Problem }) {
  const faults = problem.errors ?? [];
  if (faults.length === 0) return null;
  return (
    <ul>
      {faults.map((fault) => (
        <li key={fault.pointer + fault.detail}>
          {placeWords(fault.pointer)} {fault.detail}
        </li>
      ))}
    </ul>
  );
}

/** `/amount` is a field of the form; `/profiles/0/name` is a place in what was written. */
function placeWords(pointer: string): ReactNode {
  return /^\/[a-zA-Z]+$/.test(pointer) ? inWords(pointer.slice(1)) : <code>{pointer}</code>;
}

/** The server's answer to a command; takes the focus, so that the keyboard goes on from here. */
export function Done({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ReactNode;
}) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), []);
  return (
    <div className={css["success"]} role="status" tabIndex={-1} ref={place}>
      <h3>
        <CircleCheck size={15} aria-hidden />
        {title}
      </h3>
      {children}
    </div>
  );
}

/** The three faces of a query, and then what it answered. */
export function Answer<Data>(props: {
  readonly query: {
    readonly data: Data | undefined;
    readonly error: unknown;
    readonly refetch: () => unknown;
    readonly fetchStatus?: "fetching" | "paused" | "idle";
  };
  readonly what: string;
  readonly children: (data: Data) => ReactNode;
}) {
  const { query, what, children } = props;
  if (query.data !== undefined) return children(query.data);
  if (query.error !== null) {
    return <ProblemNote error={query.error} retry={() => void query.refetch()} />;
  }
  return query.fetchStatus === "paused" ? <NoConnection what={what} /> : <Loading what={what} />;
}

/** What is asked for while the browser is offline waits, and is read when it is not. */
function NoConnection({ what }: { readonly what: string }) {
  return (
    <div role="status">
      <Empty title="No connection" icon={WifiOff}>
        <p>This device is offline. It goes on reading {what} by itself once it is not.</p>
      </Empty>
    </div>
  );
}
