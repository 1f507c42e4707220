/**
 * Settings as they were written, and their change: *Apply* shows the difference, *Process Actions*
 * saves it. Whoever may not change them sees the button with the reason.
 */
import { Button } from "@mantine/core";
import { Pencil } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import { useEffect, useRef, useState } from "react";

import { useRight } from "../parts/rights.ts";
import { Done } from "../ui/answers.tsx";
import { Panel } from "../ui/panel.tsx";
import { PayloadView } from "../ui/payload.tsx";
import ui from "../ui/ui.module.css";

import type { SettingsFormProps } from "./settings-form.tsx";
import { SettingsForm } from "./settings-form.tsx";

export function SettingsPanel(props: {
  readonly title: string;
  readonly note: string;
  /** Where they are changed. */
  readonly path: string;
  readonly settings: SettingsFormProps["settings"] & { readonly problem: string | null };
  /** Their name where they are shown. */
  readonly name: string;
  /** Shown instead of them where nothing is written. */
  readonly empty?: ReactNode;
  /** What saving them meant. */
  readonly consequence: string;
}) {
  const { title, note, path, settings, name, empty, consequence } = props;
  const [isEditing, setEditing] = useState(false);
  const [isSaved, setSaved] = useState(false);
  const change = useRef<HTMLButtonElement>(null);
  const wasClosed = useRef(false);
  useEffect(() => {
    if (wasClosed.current && !isEditing) change.current?.focus();
    wasClosed.current = false;
  }, [isEditing]);
  return (
    <Panel
      title={title}
      note={note}
      actions={
        isEditing ? undefined : (
          <ChangeButton
            button={change}
            begin={() => {
              setSaved(false);
              setEditing(true);
            }}
          />
        )
      }
    >
      <div className={ui["stack"]}>
        <Problem problem={settings.problem} />
        {isSaved ? (
          <Done title="Saved">
            <p>{consequence}</p>
          </Done>
        ) : null}
        {isEditing ? (
          <SettingsForm
            path={path}
            settings={settings}
            close={() => {
              wasClosed.current = true;
              setEditing(false);
            }}
            done={() => {
              setEditing(false);
              setSaved(true);
            }}
          />
        ) : (
          (empty ?? (
            <PayloadView title={name} value={settings.settings} empty="Nothing is written." />
          ))
        )}
      </div>
    </Panel>
  );
}

function Problem({ problem }: { readonly problem: string | null }) {
  if (problem === null) return null;
  return (
    <p className={ui["problem"]} role="alert">
      They do not load: {problem}
    </p>
  );
}

function ChangeButton(props: {
  readonly button: RefObject<HTMLButtonElement | null>;
  readonly begin: () => void;
}) {
  const mayConfigure = useRight("service:configure");
  return (
    <Button
      ref={props.button}
      variant="default"
      leftSection={<Pencil size={14} aria-hidden />}
      disabled={!mayConfigure}
      title={mayConfigure ? undefined : "Your role does not allow this"}
      onClick={props.begin}
    >
      Change
    </Button>
  );
}
