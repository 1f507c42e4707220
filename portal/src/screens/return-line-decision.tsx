/** One line by hand: matched again, to a line of ours, or set aside; always with a reason. */
import { Button, NativeSelect, NumberInput, Radio, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useSend } from "../api/commands.ts";
import { newKey } from "../api/http.ts";
import { batchesQuery } from "../api/queries.ts";
import type { ReturnDetails, ReturnLine } from "../api/return-types.ts";
import parts from "../parts/parts.module.css";
import { ProblemNote } from "../ui/answers.tsx";
import ui from "../ui/ui.module.css";
import { useFocusInside } from "../ui/use-focus-inside.ts";

const DECISIONS = [
  { value: "again", label: "Match it again, by what it names" },
  { value: "match", label: "Match it to a line of ours" },
  { value: "setAside", label: "Set it aside: it moves no money" },
] as const;

type Decision = (typeof DECISIONS)[number]["value"];

export function ReturnLineDecision(props: {
  readonly file: ReturnDetails;
  readonly line: ReturnLine;
  readonly close: () => void;
}) {
  const { file, line } = props;
  const [decision, setDecision] = useState<Decision>("again");
  const [batch, setBatch] = useState(line.batch ?? "");
  const [batchLine, setBatchLine] = useState<number | "">(line.batchLine ?? "");
  const [reason, setReason] = useState("");
  const send = useSend<ReturnLine>();
  const place = useFocusInside<HTMLFormElement>();
  const isChosen = decision !== "match" || (batch !== "" && batchLine !== "");
  const isFilled = reason.trim() !== "" && isChosen;
  const process = (): void => {
    const choice = decision === "match" ? { batch, batchLine } : {};
    send.mutate(
      {
        path: `/inbound-files/${file.id}/lines/${line.ordinal}/decisions`,
        body: { decision, reason: reason.trim(), ...choice },
        key: newKey(),
      },
      { onSuccess: (after) => after.state === "unmatched" || props.close() },
    );
  };
  return (
    <form
      ref={place}
      className={parts["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (isFilled) process();
      }}
    >
      <Decisions
        label={`Line ${line.line}`}
        value={decision}
        change={(value) => {
          setDecision(value);
          send.reset();
        }}
      />
      {decision === "match" ? (
        <OurLine
          file={file}
          batch={batch}
          line={batchLine}
          changeBatch={setBatch}
          changeLine={setBatchLine}
        />
      ) : null}
      <TextInput
        label="Reason"
        description="Kept with the line for ever."
        required
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <div className={ui["row"]}>
        <Button type="submit" disabled={!isFilled || send.isPending}>
          {send.isPending ? "Deciding…" : "Process Actions"}
        </Button>
        <Button variant="default" onClick={props.close}>
          Leave it
        </Button>
      </div>
      <Answered line={send.data} error={send.error} />
    </form>
  );
}

function Answered(props: { readonly line: ReturnLine | undefined; readonly error: unknown }) {
  const { line, error } = props;
  if (error !== null) return <ProblemNote error={error} />;
  if (line?.state !== "unmatched") return null;
  return (
    <p className={ui["quiet"]} role="status">
      Still unmatched. {line.explained}
    </p>
  );
}

function Decisions(props: {
  readonly label: string;
  readonly value: Decision;
  readonly change: (value: Decision) => void;
}) {
  return (
    <Radio.Group
      label={props.label}
      value={props.value}
      onChange={(value) =>
        props.change(DECISIONS.find((one) => one.value === value)?.value ?? "again")
      }
    >
      <div className={ui["stack"]}>
        {DECISIONS.map((one) => (
          <Radio key={one.value} value={one.value} label={one.label} />
        ))}
      </div>
    </Radio.Group>
  );
}

/** A line of the newest files of the profile, which answers can still speak of. */
function OurLine(props: {
  readonly file: ReturnDetails;
  readonly batch: string;
  readonly line: number | "";
  readonly changeBatch: (id: string) => void;
  readonly changeLine: (line: number | "") => void;
}) {
  const { client, profile } = props.file;
  const query = useInfiniteQuery(batchesQuery({ client, profile }));
  const files = (query.data?.pages ?? []).flatMap((page) => page.items);
  return (
    <div className={ui["rowEnd"]}>
      <NativeSelect
        label="Our file"
        value={props.batch}
        data={[
          { value: "", label: "Choose…" },
          ...files.map((one) => ({
            value: one.id,
            label: `${one.fileName} · ${one.totals.adjustments} adjustments`,
          })),
        ]}
        onChange={(event) => props.changeBatch(event.currentTarget.value)}
      />
      <NumberInput
        label="Line in it"
        min={1}
        allowDecimal={false}
        value={props.line}
        onChange={(value) => props.changeLine(typeof value === "number" ? value : "")}
      />
    </div>
  );
}
