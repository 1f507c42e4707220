/** What the keyboard can do here, and the switch that turns single letters off. */
import { Modal, Switch } from "@mantine/core";
import { useState } from "react";

import { areShortcutsOn, switchShortcuts, useListedShortcuts } from "../ui/shortcuts.ts";
import ui from "../ui/ui.module.css";

import css from "./shell.module.css";

export function Help({ shown, close }: { readonly shown: boolean; readonly close: () => void }) {
  const groups = useListedShortcuts();
  const [on, setOn] = useState(areShortcutsOn);
  const names = [...new Set(groups.map((group) => group.name))];
  return (
    <Modal
      opened={shown}
      onClose={close}
      title="Keyboard"
      size="md"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <div className={css["helpGroups"]}>
        {names.map((name) => (
          <section key={name}>
            <h3>{name}</h3>
            {groups
              .filter((group) => group.name === name)
              .flatMap((group) => group.shortcuts)
              .map((one) => (
                <div key={one.keys} className={css["helpRow"]}>
                  <span>{one.label}</span>
                  <span>
                    {one.keys.split(" ").map((key) => (
                      <kbd key={key} className={ui["key"]}>
                        {key}
                      </kbd>
                    ))}
                  </span>
                </div>
              ))}
          </section>
        ))}
        <Switch
          label="Single letters act outside fields"
          checked={on}
          onChange={(event) => {
            setOn(event.currentTarget.checked);
            switchShortcuts(event.currentTarget.checked);
          }}
        />
      </div>
    </Modal>
  );
}
