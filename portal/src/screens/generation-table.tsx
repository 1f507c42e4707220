/**
 * What a generation would write, profile by profile: what leaves, what stays, and what is wrong.
 */
import type { GenerationFault, GenerationPreview, PendingSum } from "../api/batch-types.ts";
import { useClientName } from "../parts/clients.ts";
import { Amount } from "../ui/money.tsx";
import { Table } from "../ui/panel.tsx";
import ui from "../ui/ui.module.css";

export function GenerationTable({ previews }: { readonly previews: readonly GenerationPreview[] }) {
  const nameOf = useClientName();
  const sorted = previews.toSorted((one, other) => Number(isIdle(one)) - Number(isIdle(other)));
  return (
    <Table label="What would leave">
      <thead>
        <tr>
          <th>Profile</th>
          <th data-number>Leaves</th>
          <th data-number>Stays for its day</th>
          <th data-number>Files</th>
          <th data-number>Sequence</th>
          <th>Posting date</th>
        </tr>
      </thead>
      <tbody>
        {sorted.map((one) => (
          <tr key={one.client + one.profile}>
            <td>
              {one.profile}
              <div className={ui["soft"]}>{nameOf(one.client)}</div>
            </td>
            <td data-number>{one.emptyFile ? "an empty file" : <Sums sums={one.leaves} />}</td>
            <td data-number>
              <Sums sums={one.stays} />
            </td>
            <td data-number>
              {one.filesAtLeast ? "at least " : ""}
              {one.files}
            </td>
            <td data-number>{one.nextSequence}</td>
            <td data-day>{one.postingDate}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** What makes no file stands last. */
const isIdle = ({ files }: GenerationPreview): boolean => files === 0;

function Sums({ sums }: { readonly sums: readonly PendingSum[] }) {
  if (sums.length === 0) return <span className={ui["soft"]}>nothing</span>;
  return sums.map(({ count, amount }) => (
    <div key={amount.currency}>
      {count} · <Amount money={amount} />
    </div>
  ));
}

export function GenerationFaults({ faults }: { readonly faults: readonly GenerationFault[] }) {
  const nameOf = useClientName();
  if (faults.length === 0) return null;
  return (
    <div className={ui["problem"]}>
      <h3>Not possible for</h3>
      <ul>
        {faults.map((fault) => (
          <li key={fault.client + fault.profile}>
            {fault.profile} of {nameOf(fault.client)}: {fault.detail}
          </li>
        ))}
      </ul>
    </div>
  );
}
