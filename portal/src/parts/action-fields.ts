/**
 * What a person gives for each action on an assignment: fields as data, what is reviewed before it
 * is done, and the body that is sent. Which actions there are, the server says.
 */

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: "text" | "words" | "date" | "moment" | "attest" | "choice";
  readonly required: boolean;
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  /** Shown only while another field has this value. */
  readonly when?: { readonly field: string; readonly is: string };
  /** False of a choice that only shows other fields. */
  readonly isSent?: boolean;
  /** Sent inside an object of this name. */
  readonly within?: string;
  readonly hint?: string;
}

export type Given = Readonly<Record<string, string>>;

export interface ActionShape {
  readonly fields: readonly Field[];
  /** What will happen, said before it does. */
  readonly consequence: string;
  readonly done: string;
  readonly tone?: "red";
}

const REASON: Field = {
  name: "reason",
  label: "Reason",
  type: "words",
  required: true,
  hint: "Kept with the case for ever. No account or card numbers.",
};

const REFERENCE: Field = {
  name: "reference",
  label: "Reference in the system of record",
  type: "text",
  required: true,
};

/** Asked for where a gate is overridden. */
const OF_OVERRIDE = {
  required: true,
  within: "override",
  when: { field: "outOfBalance", is: "override" },
} as const;

const COMPLETION: ActionShape = {
  fields: [
    REFERENCE,
    { name: "postingDate", label: "Posting date", type: "date", required: true },
    {
      name: "note",
      label: "Note",
      type: "words",
      required: false,
      hint: "Kept with the case for ever. No account or card numbers.",
    },
    {
      name: "attested",
      label: "I certify that the above adjustment has been posted as shown",
      type: "attest",
      required: true,
    },
  ],
  consequence:
    "The adjustment becomes executed on your attestation, and the books count it as moved.",
  done: "Attested and executed",
};

export const ACTION_SHAPES: Readonly<Record<string, ActionShape>> = {
  completion: COMPLETION,
  failure: {
    fields: [REASON],
    consequence:
      "Nothing is booked as moved. The work goes on as Execute Accounting Service Failed.",
    done: "Recorded: it could not be posted",
  },
  cancellation: {
    fields: [REASON],
    consequence: "Contra entries undo what was booked; the adjustment is not executed any more.",
    done: "Cancelled, with contra entries",
    tone: "red",
  },
  retry: {
    fields: [],
    consequence: "It is tried again by the same route.",
    done: "It will be tried again",
  },
  run: {
    fields: [],
    consequence: "The call to the system of record is made at once instead of at its time.",
    done: "It runs now",
  },
  manual: {
    fields: [REASON],
    consequence: "It leaves its route and becomes an Execute Accounting Assignment for a person.",
    done: "Moved to manual",
  },
  supply: {
    fields: [
      {
        name: "number",
        label: "Card number that is in use",
        type: "text",
        required: true,
        hint: "Goes into the vault; pages show it masked.",
      },
      {
        name: "kind",
        label: "It is",
        type: "choice",
        required: true,
        choices: [
          { value: "card", label: "A card" },
          { value: "account", label: "An account" },
        ],
      },
      { ...REASON, label: "Where it was found", required: false },
    ],
    consequence:
      "Once another person has agreed, unless the client's tiers ask for nobody, the movement is " +
      "booked to this account and goes on by its own route.",
    done: "Supplied",
  },
  postable: {
    fields: [REASON],
    consequence: "What holds it is over by your word: it goes on by its own route.",
    done: "Marked postable",
  },
  notPostable: {
    fields: [REASON],
    consequence:
      "It becomes an Execute Accounting Assignment for a person, who reads your reason there.",
    done: "Marked not postable: it is manual now",
    tone: "red",
  },
  override: {
    fields: [REASON],
    consequence:
      "It is sent again with the codes of the refusal, under a new key. Your name stays with it.",
    done: "It will be sent again with the override",
    tone: "red",
  },
  account: {
    fields: [
      {
        name: "number",
        label: "New account or card number",
        type: "text",
        required: true,
        hint: "Of the same customer. Goes into the vault; pages show it masked.",
      },
      {
        name: "kind",
        label: "It is",
        type: "choice",
        required: true,
        choices: [
          { value: "account", label: "An account" },
          { value: "card", label: "A card" },
        ],
      },
      REASON,
    ],
    consequence:
      "The refused posting is booked back and booked to this account. Unless the core itself " +
      "confirms the same customer, another person has to approve it first.",
    done: "Another account asked for",
    tone: "red",
  },
  resolved: {
    fields: [
      REASON,
      {
        name: "outOfBalance",
        label: "If the books are still out of balance",
        type: "choice",
        required: true,
        isSent: false,
        choices: [
          { value: "stay", label: "It stays an exception" },
          { value: "override", label: "Resolve it all the same, with a second person" },
        ],
      },
      { ...OF_OVERRIDE, name: "owner", label: "Who sees to what is left", type: "text" },
      { ...OF_OVERRIDE, name: "dueOn", label: "Until when", type: "date" },
    ],
    consequence:
      "The gate is evaluated again. In balance, the exception is closed; out of balance it " +
      "stays, or another person is asked to agree and what is left ages until it is right.",
    done: "Recorded: the exception is closed, or waits for another person",
  },
  disbursement: {
    fields: [
      {
        name: "amount",
        label: "Amount returned",
        type: "text",
        required: false,
        hint: "All that is left, where this stays empty",
      },
      { ...REFERENCE, label: "Reference of the payment" },
      { name: "postingDate", label: "Returned on", type: "date", required: true },
      {
        name: "note",
        label: "Note",
        type: "words",
        required: false,
        hint: "Kept with the case for ever. No account or card numbers.",
      },
      {
        name: "attested",
        label: "I certify that the money was returned to whom it belongs",
        type: "attest",
        required: true,
      },
    ],
    consequence: "Suspense gives the money back in the books, on your attestation.",
    done: "The disbursement is attested and booked",
  },
  receivable: {
    fields: [REASON],
    consequence: "The debit is cancelled; what it was to take becomes a claim on the holder.",
    done: "Booked as a receivable",
    tone: "red",
  },
  finding: {
    fields: [
      {
        name: "posted",
        label: "What did you find in the system of record?",
        type: "choice",
        required: true,
        choices: [
          { value: "true", label: "It posted" },
          { value: "false", label: "It did not post" },
        ],
      },
      { ...REFERENCE, when: { field: "posted", is: "true" } },
      {
        name: "postingDate",
        label: "Posting date",
        type: "date",
        required: true,
        when: { field: "posted", is: "true" },
      },
      REASON,
    ],
    consequence: "Your finding decides what the books say of this posting.",
    done: "Finding recorded",
  },
  approval: {
    fields: [
      {
        name: "approved",
        label: "Decision",
        type: "choice",
        required: true,
        choices: [
          { value: "true", label: "Approve" },
          { value: "false", label: "Decline" },
        ],
      },
      { ...REASON, required: false },
    ],
    consequence: "Approved, it is booked and executed; declined, it is cancelled.",
    done: "Decision recorded",
  },
};

const OPTIONAL_REASON: Field = { ...REASON, required: false };

/** What a supervisor and whoever has the work do with it, beside doing it. */
export const WORK_SHAPES: Readonly<Record<string, ActionShape>> = {
  assignment: {
    fields: [
      {
        name: "person",
        label: "Person",
        type: "text",
        required: false,
        hint: "The name they sign in with. Left empty, anybody of the work group may take it.",
      },
      {
        name: "workGroup",
        label: "Work group",
        type: "text",
        required: false,
        hint: "Left empty, it stays with its work group.",
      },
      OPTIONAL_REASON,
    ],
    consequence: "Whoever had it has it no more. The history keeps who gave it to whom.",
    done: "Assigned",
  },
  pending: {
    fields: [{ name: "until", label: "Until", type: "moment", required: true }, REASON],
    consequence: "It is out of Get Next Work until then, and comes back by itself.",
    done: "It waits",
  },
  resumption: {
    fields: [],
    consequence: "It is work again, before its date.",
    done: "It is back",
  },
  unworkable: {
    fields: [REASON],
    consequence: "It leaves the queue for the supervisors' list, until one of them restores it.",
    done: "Marked unworkable",
    tone: "red",
  },
  restoration: {
    fields: [OPTIONAL_REASON],
    consequence: "It goes back into its queue, with nobody.",
    done: "Restored",
  },
  note: {
    fields: [{ ...REASON, name: "text", label: "Note" }],
    consequence: "The note stays in the history of this work.",
    done: "Noted",
  },
};

const UNKNOWN: ActionShape = { fields: [], consequence: "The server does it.", done: "Done" };

const SUPPLY_STATUS: ActionShape = {
  fields: [
    {
      name: "status",
      label: "Status of the fraud card",
      type: "text",
      required: true,
      hint: "As the system of record says it. Only a good one lets the movement go on.",
    },
    { ...REASON, label: "Where it was found", required: false },
  ],
  consequence: "A good status lets the movement go on; any other is recorded, and it stays held.",
  done: "Recorded",
};

/** What is supplied depends on what is reviewed. */
export function actionShape(name: string, assignment?: string): ActionShape {
  if (name === "supply" && assignment === "Review Fraud Card Status") return SUPPLY_STATUS;
  return ACTION_SHAPES[name] ?? WORK_SHAPES[name] ?? UNKNOWN;
}

/** What is offered first is not what gives the work back, undoes it or only speaks of it. */
export function mayBeMain(name: string): boolean {
  return name !== "release" && name !== "note" && actionShape(name).tone !== "red";
}

export function shownFields(shape: ActionShape, given: Given): readonly Field[] {
  return shape.fields.filter(({ when }) => when === undefined || given[when.field] === when.is);
}

/** Labels of what is missing, by field name. */
export function missing(shape: ActionShape, given: Given): Readonly<Record<string, string>> {
  const faults: Record<string, string> = {};
  for (const field of shownFields(shape, given)) {
    const value = (given[field.name] ?? "").trim();
    if (field.type === "attest" && value !== "true") faults[field.name] = "Needed to go on";
    else if (field.required && value === "") faults[field.name] = "Fill this in";
    else if (field.type === "date" && value !== "" && !/^\d{4}-\d{2}-\d{2}$/.test(value)) {
      faults[field.name] = "A date as 2026-11-16";
    } else if (field.type === "moment" && value !== "" && Number.isNaN(Date.parse(value))) {
      faults[field.name] = "A day and a time";
    }
  }
  return faults;
}

/** What a choice between yes and no is sent as; other choices are words. */
const FLAGS: ReadonlySet<string> = new Set(["true", "false"]);

/** The request's body: what is left empty is not sent. */
export function actionBody(shape: ActionShape, given: Given): Readonly<Record<string, unknown>> {
  const body: Record<string, unknown> = {};
  for (const field of shownFields(shape, given)) {
    const value = (given[field.name] ?? "").trim();
    if (value === "" || field.isSent === false) continue;
    const sent = sentAs(field, value);
    if (field.within === undefined) body[field.name] = sent;
    else body[field.within] = { ...(body[field.within] as object | undefined), [field.name]: sent };
  }
  return body;
}

function sentAs({ type }: Field, value: string): unknown {
  if (type === "moment") return new Date(value).toISOString();
  const isFlag = type === "attest" || (type === "choice" && FLAGS.has(value));
  return isFlag ? value === "true" : value;
}
