/**
 * Everything that may go wrong for a reason the caller can act on.
 *
 * One row per failure: the code is public API (it becomes the RFC 9457 `type`), the title never
 * changes with the instance, the status is what HTTP says, and `remedy` is what to do next. Each
 * code has a page in `docs/reference/errors/`. Anything not listed here is our own mistake.
 */
const CATALOGUE = {
  "amount-exceeds-limit": {
    status: 422,
    title: "The amount is more than this operation may move",
    remedy: "Lower the amount to the limit named, or use adjustManually with approval.",
  },
  "amount-required": {
    status: 422,
    title: "This operation has no default amount here",
    remedy: "Give the amount.",
  },
  "operation-not-allowed": {
    status: 409,
    title: "The dispute's state does not allow this operation",
    remedy: "Look at the dispute's state and the operations it allows.",
  },
  "stage-not-applicable": {
    status: 422,
    title: "The network has no such stage",
    remedy: "Use a stage that the network of the dispute knows.",
  },
  "unknown-operation": {
    status: 422,
    title: "No such operation",
    remedy: "Use an operation of the rule book.",
  },
  "unknown-rule": {
    status: 422,
    title: "No such accounting rule",
    remedy: "Use a rule of the rule book.",
  },
  "unknown-currency": {
    status: 422,
    title: "No such currency",
    remedy: "Use an ISO 4217 alphabetic code.",
  },
  "currency-mismatch": {
    status: 422,
    title: "Two currencies where one is meant",
    remedy: "Use what is in the dispute's currency.",
  },
  "amount-invalid": {
    status: 422,
    title: "Not an amount",
    remedy: "Give a positive decimal with at most the currency's decimal places, as text.",
  },
  "card-number-in-text": {
    status: 422,
    title: "The text holds what looks like a card number",
    remedy: "Leave the number out; the account is on the case already.",
  },
  "input-invalid": {
    status: 422,
    title: "The input does not fit",
    remedy: "Correct the fields named.",
  },
  "reference-already-used": {
    status: 409,
    title: "This outside reference is recorded already",
    remedy: "Look up the operation that carries the reference; it is the same event.",
  },
  "already-reversed": {
    status: 409,
    title: "The adjustment has a live reversal",
    remedy: "Cancel that reversal first.",
  },
  "not-reversible": {
    status: 422,
    title: "The adjustment cannot be reversed",
    remedy: "Use the operation that undoes it.",
  },
  "period-closed": {
    status: 422,
    title: "The accounting period is closed",
    remedy: "Entries are dated today: try again in an open period, or have this one opened.",
  },
  "date-invalid": {
    status: 422,
    title: "The date is not possible here",
    remedy: "Use a date the field allows.",
  },
  "transition-refused": {
    status: 409,
    title: "The adjustment is not in a state that allows this",
    remedy: "Read the adjustment again; its possible events are listed.",
  },
  "assignment-closed": {
    status: 409,
    title: "The assignment is closed already",
    remedy: "Read the case again; somebody or something has finished this work.",
  },
  "assignment-taken": {
    status: 409,
    title: "Somebody else has this assignment",
    remedy: "Take another one, or ask them to release it.",
  },
  "claim-locked": {
    status: 409,
    title: "Somebody else has the claim open",
    remedy: "Wait until they are done, ask them, or let a supervisor break the lock.",
  },
  "approval-required": {
    status: 409,
    title: "Another person has to approve this",
    remedy: "Ask somebody with the right to approve.",
  },
  "self-approval": {
    status: 403,
    title: "Nobody approves their own work",
    remedy: "Ask somebody else to approve.",
  },
  "gate-refused": {
    status: 409,
    title: "The books do not let the dispute resolve like this",
    remedy: "Cure what is listed, or choose the decision that fits the books.",
  },
  "nothing-to-regenerate": {
    status: 409,
    title: "Every line of the batch file is known to be posted",
    remedy: "Leave the file as it is; what comes back later is returned line by line.",
  },
  "service-in-use": {
    status: 409,
    title: "Something open points at the service",
    remedy: "Wait until it is done, or move it to another route; then repeat.",
  },
  "key-reused": {
    status: 422,
    title: "The key was used with another body",
    remedy: "Use a fresh key for a different request.",
  },
  "still-running": {
    status: 409,
    title: "The first request with this key is still running",
    remedy: "Wait and send the same request again.",
  },
  "idempotency-key-missing": {
    status: 400,
    title: "The Idempotency-Key header is missing",
    remedy: "Send a key that is unique to this request.",
  },
  "stale-version": {
    status: 412,
    title: "It changed since you read it",
    remedy: "Read it again, look at what changed, and repeat if it still makes sense.",
  },
  "version-missing": {
    status: 428,
    title: "The If-Match header is missing",
    remedy: "Send the ETag you read.",
  },
  "cursor-invalid": {
    status: 400,
    title: "Not a cursor of this listing",
    remedy: "Start again without a cursor.",
  },
  "not-found": { status: 404, title: "No such thing", remedy: "Check the id." },
  "request-invalid": {
    status: 400,
    title: "The request cannot be read",
    remedy: "Correct the parameters or headers named.",
  },
  "csrf-invalid": {
    status: 403,
    title: "The request does not come from the signed-in page",
    remedy: "Send the csrf value of GET /v1/session as X-CSRF-Token.",
  },
  "body-too-large": {
    status: 413,
    title: "The body is too large",
    remedy: "Send less at once; for many operations use an import.",
  },
  "request-head-too-large": {
    status: 431,
    title: "Address and headers are too large",
    remedy: "Send a shorter address and shorter headers.",
  },
  "request-timeout": {
    status: 408,
    title: "The request did not arrive in time",
    remedy: "Send it again, all of it at once.",
  },
  "media-type-unsupported": {
    status: 415,
    title: "The body is of a kind that is not read here",
    remedy: "Send JSON, or newline-delimited JSON to an import.",
  },
  "internal-error": {
    status: 500,
    title: "Something is broken on our side",
    remedy: "Repeat with the same Idempotency-Key; if it stays, report the request id.",
  },
  "already-exists": {
    status: 409,
    title: "It exists already",
    remedy: "Use another id, or read the existing one.",
  },
  unauthenticated: {
    status: 401,
    title: "Not signed in",
    remedy: "Sign in, or send an API key.",
  },
  forbidden: {
    status: 403,
    title: "Your role does not allow this",
    remedy: "Ask an administrator for the role named.",
  },
  "rulebook-invalid": {
    status: 422,
    title: "The rule book does not load",
    remedy: "Correct the places listed.",
  },
  "scenario-invalid": {
    status: 422,
    title: "Not a scenario",
    remedy: "Correct the places listed.",
  },
  "configuration-invalid": {
    status: 422,
    title: "The configuration does not load",
    remedy: "Correct the setting named.",
  },
  "line-invalid": {
    status: 422,
    title: "The line does not parse",
    remedy: "Correct the line and import it again.",
  },
  "schema-differs": {
    status: 500,
    title: "The live schema is not the expected one",
    remedy: "Apply the repair printed by `redress db doctor`.",
  },
  "database-unreachable": {
    status: 503,
    title: "The database does not answer",
    remedy: "Check DATABASE_URL and that the server runs; repeat the request.",
  },
} as const satisfies Record<string, { status: number; title: string; remedy: string }>;

export type FailureCode = keyof typeof CATALOGUE;

/** One field that does not fit: a JSON Pointer into the input and the reason in words. */
export interface FieldFault {
  readonly pointer: string;
  readonly detail: string;
}

export type FailureFacts = Readonly<
  Record<
    string,
    string | number | boolean | null | readonly Readonly<Record<string, string | null>>[]
  >
>;

export class Failure extends Error {
  override readonly name = "Failure";
  readonly code: FailureCode;
  readonly facts: FailureFacts;
  readonly faults: readonly FieldFault[];

  constructor(
    code: FailureCode,
    detail: string,
    facts: FailureFacts = {},
    faults: readonly FieldFault[] = [],
  ) {
    super(detail);
    this.code = code;
    this.facts = facts;
    this.faults = faults;
  }

  get status(): number {
    return CATALOGUE[this.code].status;
  }

  get title(): string {
    return CATALOGUE[this.code].title;
  }

  get remedy(): string {
    return CATALOGUE[this.code].remedy;
  }
}

export const FAILURE_CODES = Object.keys(CATALOGUE) as readonly FailureCode[];

export function failureRow(code: FailureCode): { status: number; title: string; remedy: string } {
  return CATALOGUE[code];
}
