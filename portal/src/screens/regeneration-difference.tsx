/** The difference between the old file and the one that would supersede it, before it is made. */
import type { FateSum, RegenerationPreview } from "../api/batch-types.ts";
import { Amount } from "../ui/money.tsx";
import { Table } from "../ui/panel.tsx";
import ui from "../ui/ui.module.css";

import { LINE_FATES } from "./fates.ts";

export function RegenerationDifference({ preview }: { readonly preview: RegenerationPreview }) {
  return (
    <div className={ui["stack"]}>
      <FateTable sums={preview.sums} />
      <p>
        The new file posts on <strong>{preview.nextPostingDate}</strong>
        {preview.postsLater ? ", later than the old one was to." : "."}
      </p>
      {preview.needsSecondPerson ? (
        <p className={ui["quiet"]}>
          This profile asks for two people's word about the old file: a second person has to confirm
          yours.
        </p>
      ) : null}
    </div>
  );
}

/** How many lines, with what amount, meet which fate. */
export function FateTable({ sums }: { readonly sums: readonly FateSum[] }) {
  return (
    <Table label="What becomes of the lines">
      <thead>
        <tr>
          <th data-number>Lines</th>
          <th data-number>Amount</th>
          <th>What becomes of them</th>
        </tr>
      </thead>
      <tbody>
        {sums.map((sum) => (
          <tr key={sum.fate}>
            <td data-number>{sum.count}</td>
            <td data-number>
              <Amount money={sum.amount} />
            </td>
            <td>{LINE_FATES[sum.fate] ?? sum.fate}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
