/** A number as a field says it: its digits, with or without a point, and its sign. */
import { unpunched } from "../overpunch.ts";

export interface NumberText {
  readonly digits: string;
  readonly negative: boolean;
}

/** Null where the sign is not where it belongs. What is between is checked by the caller. */
export function numberOf(
  text: string,
  sign: "leading" | "trailing" | "overpunch",
): NumberText | null {
  if (sign === "overpunch") return unpunched(text);
  const pattern = sign === "leading" ? /^([+-]?)\s*(.*)$/ : /^(.*?)\s*([+-]?)$/;
  const [, one = "", other = ""] = pattern.exec(text) ?? [];
  const [mark, digits] = sign === "leading" ? [one, other] : [other, one];
  return { digits, negative: mark === "-" };
}
