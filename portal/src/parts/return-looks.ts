/** How return files and their lines look: tone never without word and icon. */
import {
  Archive,
  CircleCheck,
  CircleHelp,
  CircleX,
  FileClock,
  Hourglass,
  ListChecks,
  Pause,
  Repeat2,
  TriangleAlert,
} from "lucide-react";

import type { BatchAlarm, ReturnLineState, ReturnState, ReturnWait } from "../api/return-types.ts";
import type { Look } from "../ui/states.ts";

export const RETURN_LOOKS: Readonly<Record<ReturnState, Look>> = {
  received: { tone: "info", icon: FileClock, word: "Received" },
  read: { tone: "info", icon: Hourglass, word: "Being matched" },
  held: { tone: "warn", icon: Pause, word: "Held" },
  matched: { tone: "good", icon: ListChecks, word: "Matched" },
  partlyMatched: { tone: "warn", icon: TriangleAlert, word: "Partly matched" },
  refused: { tone: "bad", icon: CircleX, word: "Refused" },
};

/** What a file waits for, and who goes on with it. */
export const WAIT_WORDS: Readonly<Record<ReturnWait, string>> = {
  reading: "Waits to be read",
  matching: "Waits for its matching",
  anotherTry: "Put off: waits for another try",
  release: "Waits for a person's release",
  decisions: "Waits for decisions about lines",
};

export const LINE_LOOKS: Readonly<Record<ReturnLineState, Look>> = {
  waiting: { tone: "info", icon: Hourglass, word: "Waiting" },
  applied: { tone: "good", icon: CircleCheck, word: "Applied" },
  repeated: { tone: "calm", icon: Repeat2, word: "Said before" },
  noted: { tone: "calm", icon: CircleHelp, word: "Noted" },
  unmatched: { tone: "bad", icon: TriangleAlert, word: "Unmatched" },
  setAside: { tone: "calm", icon: Archive, word: "Set aside" },
};

/** What a line did to the adjustment that it speaks of. */
export const OUTCOME_WORDS: Readonly<Record<string, string>> = {
  executed: "Executed",
  confirmed: "Confirmed what was executed",
  failed: "Batch failed: it is work for a person",
  returned: "Returned: the books were reversed",
  counted: "Counted; other details are open",
  partly: "Partly executed",
  wholeFile: "Answered the whole file",
};

export const ALARM_WORDS: Readonly<Record<BatchAlarm["kind"], string>> = {
  acknowledgementOverdue: "No answer in time",
  fileHeld: "A file is held",
  fileRefused: "A file was refused",
  linesUnmatched: "Lines are unmatched",
  filePutOff: "A file is put off",
  pickUpFailed: "A place cannot be reached",
};
