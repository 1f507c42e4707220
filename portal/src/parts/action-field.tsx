/** One field of an action: a label that stays, a hint, and what is wrong with it. */
import { Checkbox, Radio, Textarea, TextInput } from "@mantine/core";

import ui from "../ui/ui.module.css";

import type { Field } from "./action-fields.ts";

const INPUT_TYPES: Partial<Record<Field["type"], string>> = {
  date: "date",
  moment: "datetime-local",
};

interface ActionFieldProps {
  readonly field: Field;
  readonly value: string;
  readonly fault: string | undefined;
  readonly change: (value: string) => void;
}

export function ActionField(props: ActionFieldProps) {
  const { field, value, fault, change } = props;
  const shared = {
    name: field.name,
    label: field.label,
    error: fault,
    required: field.required,
    ...(field.hint === undefined ? {} : { description: field.hint }),
  };
  if (field.type === "attest") {
    return (
      <div data-wide>
        <Checkbox
          name={field.name}
          label={field.label}
          error={fault}
          checked={value === "true"}
          onChange={(event) => change(event.currentTarget.checked ? "true" : "")}
        />
      </div>
    );
  }
  if (field.type === "choice") return <ChoiceField {...props} />;
  if (field.type === "words") {
    return (
      <div data-wide>
        <Textarea
          {...shared}
          minRows={2}
          value={value}
          onChange={(event) => change(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
              event.currentTarget.form?.requestSubmit();
            }
          }}
        />
      </div>
    );
  }
  return (
    <TextInput
      {...shared}
      type={INPUT_TYPES[field.type] ?? "text"}
      autoComplete="off"
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

function ChoiceField({ field, value, fault, change }: ActionFieldProps) {
  return (
    <div data-wide>
      <Radio.Group
        label={field.label}
        error={fault}
        value={value}
        onChange={change}
        name={field.name}
      >
        <div className={ui["row"]}>
          {field.choices?.map((choice) => (
            <Radio key={choice.value} value={choice.value} label={choice.label} />
          ))}
        </div>
      </Radio.Group>
    </div>
  );
}
