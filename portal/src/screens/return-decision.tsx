/** What a person decides about a whole file: held ones go on or are refused, refused ones again. */
import { Button, Textarea } from "@mantine/core";
import { useState } from "react";

import { useSend } from "../api/commands.ts";
import { newKey } from "../api/http.ts";
import type { ReturnDetails } from "../api/return-types.ts";
import parts from "../parts/parts.module.css";
import { useRight } from "../parts/rights.ts";
import { ProblemNote } from "../ui/answers.tsx";
import ui from "../ui/ui.module.css";

const CHOICES = {
  held: {
    says: "Its own totals differ from its lines. Nothing was posted.",
    verbs: [
      { decision: "release", label: "Match its lines all the same" },
      { decision: "refuse", label: "Refuse the file" },
    ],
  },
  refused: {
    says: "Nothing in it counts. Put the profile right first, if the fault lies there.",
    verbs: [{ decision: "readAgain", label: "Read it again" }],
  },
} as const;

export function ReturnDecision({ file }: { readonly file: ReturnDetails }) {
  const [reason, setReason] = useState("");
  const [key] = useState(newKey);
  const mayDecide = useRight("batch:answer");
  const send = useSend<ReturnDetails>();
  const choices = CHOICES[file.state === "held" ? "held" : "refused"];
  const isReady = mayDecide && reason.trim() !== "" && !send.isPending;
  return (
    <div className={parts["form"]}>
      <p>{choices.says}</p>
      <Textarea
        label="Reason"
        description="Kept with the file for ever."
        required
        value={reason}
        disabled={!mayDecide}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <div className={ui["row"]}>
        {choices.verbs.map(({ decision, label }) => (
          <Button
            key={decision}
            {...(decision === "refuse" ? { color: "red" } : {})}
            disabled={!isReady}
            onClick={() =>
              send.mutate({
                path: `/inbound-files/${file.id}/decisions`,
                body: { decision, reason: reason.trim() },
                key: `${key}-${decision}`,
                version: file.version,
              })
            }
          >
            {label}
          </Button>
        ))}
        {mayDecide ? null : <span className={ui["soft"]}>Your role does not allow this.</span>}
      </div>
      {send.error === null ? null : <ProblemNote error={send.error} />}
    </div>
  );
}
