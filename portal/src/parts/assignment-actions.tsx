/** The actions that the server offers for an assignment: those refused stay, with their reason. */
import { Button, Tooltip } from "@mantine/core";

import type { Assignment, OfferedAction } from "../api/types.ts";
import ui from "../ui/ui.module.css";

import { mayBeMain } from "./action-fields.ts";
import css from "./parts.module.css";

const KEYS: Readonly<Record<string, string>> = {
  take: "c",
  release: "u",
  completion: "e",
  disbursement: "e",
  resolved: "e",
  approval: "a",
  finding: "f",
  retry: "r",
  manual: "m",
  assignment: "s",
  pending: "w",
  resumption: "b",
  restoration: "b",
  unworkable: "d",
  note: "o",
};

export function actionKey(name: string): string | undefined {
  return KEYS[name];
}

export function AssignmentActions(props: {
  readonly assignment: Assignment;
  readonly chosen: string | undefined;
  readonly choose: (action: OfferedAction) => void;
}) {
  const { assignment, chosen, choose } = props;
  const refused = assignment.actions.filter((action) => !action.allowed);
  if (assignment.actions.length === 0) return null;
  const main = assignment.actions.find(({ allowed, name }) => allowed && mayBeMain(name))?.name;
  return (
    <div className={ui["stack"]}>
      <div className={css["actions"]} role="group" aria-label="Actions">
        {assignment.actions.map((action) => (
          <ActionButton
            key={action.name}
            action={action}
            isMain={action.name === main}
            isChosen={chosen === action.name}
            choose={() => choose(action)}
          />
        ))}
      </div>
      {refused.length === 0 ? null : (
        <ul className={css["whyList"]}>
          {refused.map((action) => (
            <li key={action.name}>
              <strong>{action.label}</strong> is not possible: {action.why}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function ActionButton(props: {
  readonly action: OfferedAction;
  readonly isMain: boolean;
  readonly isChosen: boolean;
  readonly choose: () => void;
}) {
  const { action, isMain, isChosen, choose } = props;
  const key = actionKey(action.name);
  const button = (
    <Button
      variant={isMain ? "filled" : "default"}
      aria-disabled={!action.allowed}
      data-disabled={action.allowed ? undefined : true}
      aria-expanded={isChosen}
      data-action={action.name}
      onClick={() => {
        if (action.allowed) choose();
      }}
      rightSection={key === undefined ? undefined : <kbd className={ui["key"]}>{key}</kbd>}
    >
      {action.label}
    </Button>
  );
  return action.allowed ? button : <Tooltip label={action.why}>{button}</Tooltip>;
}
