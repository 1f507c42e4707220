/** What became of a file, in the words that are asked for, and the verb that follows from it. */

import type { FileState } from "../../../src/batch/file-machine.ts";
import { FILE_TRANSITIONS } from "../../../src/batch/file-machine.ts";

export const FATES = [
  {
    value: "again",
    label: "It did not arrive; the very same file can still be taken",
    verb: "resend",
    then: "The same bytes, name and sequence are sent once more. Nothing in the books changes.",
  },
  {
    value: "notReceived",
    label: "It was never received, and a new file is wanted",
    verb: "regenerate",
    then: "The old file becomes void for ever; a new one with the next sequence takes its place.",
  },
  {
    value: "rejected",
    label: "It was received and rejected as a whole",
    verb: "regenerate",
    then: "The old file becomes void for ever; a new one with the next sequence takes its place.",
  },
  {
    value: "deleted",
    label: "It was received and deleted there before anything was posted",
    verb: "regenerate",
    then: "The old file becomes void for ever; a new one with the next sequence takes its place.",
  },
] as const;

export type Fate = (typeof FATES)[number];

/** What can still be said of a file in this state: by the table that the server goes by. */
export function possibleFates(state: FileState): readonly Fate[] {
  const events = FILE_TRANSITIONS[state];
  return FATES.filter(({ verb }) => (verb === "resend" ? "resendAsked" : "voided") in events);
}

/** Why nothing can be done about a file in such a state. */
export const FATE_IS_SEALED: Readonly<Partial<Record<FileState, string>>> = {
  acknowledged: "Each of its lines has its answer: what was posted is never sent again.",
  sending: "It is being sent right now. When that has ended, this can be asked again.",
  void: "It is void for ever: another file took its place.",
};

/** What happens to lines of the old file, in words. */
export const LINE_FATES: Readonly<Record<string, string>> = {
  comesBack: "go into the new file",
  assumedComesBack: "were assumed to be posted; they come back and go into the new file",
  posted: "are known to be posted and stay where they are",
  refused: "left the old file before and stay where they are",
  elsewhere: "have gone another way since and stay where they are",
};
