/** The inputs of an operation as the rule book declares them, each with its default and limit. */
import { Checkbox, NativeSelect, TextInput } from "@mantine/core";

import { showAmount } from "../api/money.ts";
import type { OperationInput } from "../api/types.ts";
import css from "../parts/parts.module.css";
import { inWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

type Given = Readonly<Record<string, unknown>>;

export function OperationInputs(props: {
  readonly inputs: readonly OperationInput[];
  readonly currency: string;
  readonly given: Given;
  readonly change: (given: Given) => void;
}) {
  const { inputs, currency, given, change } = props;
  if (inputs.length === 0) return <p className={ui["soft"]}>This operation needs no input.</p>;
  return (
    <div className={css["fields"]}>
      {inputs.map((input) => (
        <Input
          key={input.name}
          input={input}
          currency={currency}
          value={given[input.name]}
          change={(value) => change(withInput(given, input.name, value))}
        />
      ))}
    </div>
  );
}

/** What is left empty is not sent: the rule book's default applies. */
export function withInput(given: Given, name: string, value: unknown): Given {
  const { [name]: _before, ...rest } = given;
  return value === "" || value === undefined ? rest : { ...rest, [name]: value };
}

function Input(props: {
  readonly input: OperationInput;
  readonly currency: string;
  readonly value: unknown;
  readonly change: (value: unknown) => void;
}) {
  const { input, currency, value, change } = props;
  const label =
    input.type === "amount" ? `${inWords(input.name)}, ${currency}` : inWords(input.name);
  if (input.type === "boolean") {
    return (
      <Checkbox
        label={label}
        style={{ alignSelf: "center" }}
        checked={value === true}
        onChange={(event) => change(event.currentTarget.checked ? true : undefined)}
      />
    );
  }
  const text = typeof value === "string" ? value : "";
  const shared = {
    label,
    name: input.name,
    required: input.required,
    description: hintOf(input),
    value: text,
    autoComplete: "off",
  };
  if (input.values !== undefined && input.values !== null && input.values.length > 0) {
    return (
      <NativeSelect
        {...shared}
        data={[
          { value: "", label: input.required ? "Choose…" : "By default" },
          ...input.values.map((one) => ({ value: one, label: inWords(one) })),
        ]}
        onChange={(event) => change(event.currentTarget.value)}
      />
    );
  }
  return (
    <TextInput
      {...shared}
      type={input.type === "date" ? "date" : "text"}
      inputMode={input.type === "amount" ? "decimal" : "text"}
      placeholder={input.default ?? ""}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

function hintOf(input: OperationInput): string | undefined {
  const parts = [
    input.default === undefined || input.default === null ? null : `default ${shown(input)}`,
    input.limit === undefined || input.limit === null ? null : `at most ${showAmount(input.limit)}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? undefined : parts.join(", ");
}

function shown(input: OperationInput): string {
  const value = input.default ?? "";
  return input.type === "amount" ? showAmount(value) : inWords(value);
}
