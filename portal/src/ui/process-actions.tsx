/** The second of the two steps. It takes the focus when it is shown: *Apply*, then Enter again. */
import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";

export function ProcessActions(props: {
  readonly process: () => void;
  readonly isSending: boolean;
  /** What it says while the server does it. */
  readonly doing?: string;
  readonly disabled?: boolean;
  /** What will be done, where the two steps can have different ends. */
  readonly verb?: string;
  readonly color?: string | undefined;
}) {
  const { process, isSending, doing = "Sending…", disabled = false, verb, color } = props;
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  return (
    <Button
      ref={button}
      onClick={process}
      disabled={disabled || isSending}
      {...(color === undefined ? {} : { color })}
    >
      {isSending ? doing : verb === undefined ? "Process Actions" : `Process Actions: ${verb}`}
    </Button>
  );
}
