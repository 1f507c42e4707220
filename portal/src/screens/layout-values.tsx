/** The profile's values that a layout asks for by `value.NAME`: routing numbers, ids, names. */
import { TextInput } from "@mantine/core";

import css from "./batch-layout.module.css";

type Values = Readonly<Record<string, string>>;

export function LayoutValues(props: {
  readonly names: readonly string[];
  readonly values: Values;
  readonly change: (values: Values) => void;
}) {
  const { names, values, change } = props;
  if (names.length === 0) return null;
  return (
    <fieldset className={css["values"]} aria-label="Values of the profile">
      {names.map((name) => (
        <TextInput
          key={name}
          label={`value.${name}`}
          value={values[name] ?? ""}
          maxLength={140}
          onChange={(event) => {
            const { [name]: _, ...others } = values;
            const typed = event.currentTarget.value;
            change(typed === "" ? others : { ...others, [name]: typed });
          }}
        />
      ))}
    </fieldset>
  );
}
