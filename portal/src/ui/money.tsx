/** An amount with its currency, in figures of one width. */
import { showAmount } from "../api/money.ts";
import type { Money } from "../api/types.ts";

import css from "./ui.module.css";

export function Amount({ money }: { readonly money: Money | null }) {
  if (money === null) return <span className={css["soft"]}>–</span>;
  return (
    <span className={css["amount"]}>
      {showAmount(money.amount)}
      <span className={css["currency"]}>{money.currency}</span>
    </span>
  );
}
