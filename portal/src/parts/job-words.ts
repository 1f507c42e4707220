/** What a job was asked for, in words: which work, and what is done to each. */
import { inWords, queueWords } from "../ui/states.ts";

const WORDS: Readonly<Record<string, string>> = {
  service: "at",
  code: "code",
  reason: "because of",
  failedBefore: "failed before",
  queue: "in",
  because: "because",
};

/** Each is a part of a sentence; `asked` is the job's filter without its client. */
export function jobWords(asked: Readonly<Record<string, unknown>>): readonly string[] {
  const { action = {}, ...filter } = asked;
  return [
    ...Object.entries(filter).map(([name, value]) => wordsOf(name, value)),
    ...Object.entries(action as object).flatMap(([name, value]) => done(name, value)),
  ];
}

function wordsOf(name: string, value: unknown): string {
  if (name === "ids") {
    const count = String(value).split(",").length;
    return count === 1 ? "one by name" : `${count} by name`;
  }
  if (name === "approved") return value === true ? "to approve" : "to decline";
  const words = WORDS[name] ?? inWords(name).toLowerCase();
  return `${words} ${name === "queue" ? queueWords(String(value)) : String(value)}`;
}

/** A yes that goes without saying is not said. */
function done(name: string, value: unknown): string[] {
  if (value === true) return [];
  return [`${inWords(name).toLowerCase()} ${String(value)}`];
}
