/**
 * What has to be posted, as a journal: each entry with its two sides, in debit and credit
 * columns.
 */
import { showAmount } from "../api/money.ts";
import type { PostingEntry, PostingSide, Proposal } from "../api/types.ts";
import { WordBadge } from "../ui/badge.tsx";
import { Table } from "../ui/panel.tsx";
import { inWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

import { AccountNumber } from "./account-number.tsx";
import css from "./parts.module.css";

export function Journal(props: {
  readonly client: string;
  readonly entries: readonly PostingEntry[];
}) {
  const { client, entries } = props;
  const currency = entries[0]?.amount.currency ?? "";
  return (
    <div className={css["journal"]}>
      <Table label="Entries to post">
        <thead>
          <tr>
            <th>Side</th>
            <th>Account</th>
            <th>Tran code</th>
            <th data-number>Debit {currency}</th>
            <th data-number>Credit {currency}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <JournalEntry key={entry.id} client={client} entry={entry} />
          ))}
        </tbody>
      </Table>
    </div>
  );
}

function JournalEntry(props: { readonly client: string; readonly entry: PostingEntry }) {
  const { client, entry } = props;
  const amount = showAmount(entry.amount.amount);
  return (
    <>
      <tr className={css["entryHead"]}>
        <td colSpan={5}>
          {entry.label}
          {entry.isExecuted ? (
            <>
              {" "}
              <WordBadge tone="good">Executed already</WordBadge>
            </>
          ) : null}
          {entry.meaning === null ? null : <div className={ui["soft"]}>{entry.meaning}</div>}
        </td>
      </tr>
      <SideRow
        client={client}
        side="Debit"
        account={entry.debit}
        isPostedAlone={entry.debit.isPosted && !entry.isExecuted}
        debit={amount}
        credit=""
      />
      <SideRow
        client={client}
        side="Credit"
        account={entry.credit}
        isPostedAlone={entry.credit.isPosted && !entry.isExecuted}
        debit=""
        credit={amount}
      />
    </>
  );
}

function SideRow(props: {
  readonly client: string;
  readonly side: string;
  readonly account: PostingSide;
  /** The other side is not posted: this one must not be posted again. */
  readonly isPostedAlone: boolean;
  readonly debit: string;
  readonly credit: string;
}) {
  const { client, side, account, isPostedAlone, debit, credit } = props;
  return (
    <tr>
      <td className={css["side"]}>
        {side}
        {isPostedAlone ? (
          <div>
            <WordBadge tone="good">Posted already</WordBadge>
          </div>
        ) : null}
      </td>
      <td>
        <div>{inWords(account.collection)}</div>
        <AccountNumber client={client} side={account} />
        {account.accountName === null ? null : (
          <div className={ui["soft"]}>{account.accountName}</div>
        )}
      </td>
      <td className={ui["mono"]}>{account.tranCode ?? "–"}</td>
      <td data-number>{debit}</td>
      <td data-number>{credit}</td>
    </tr>
  );
}

/** What is planned but not booked: no accounts yet, they are chosen when it is booked. */
export function Proposals({ proposals }: { readonly proposals: readonly Proposal[] }) {
  return (
    <div className={css["journal"]}>
      <Table label="Proposed entries">
        <thead>
          <tr>
            <th>Rule</th>
            <th>Debit</th>
            <th>Credit</th>
            <th data-number>Amount</th>
          </tr>
        </thead>
        <tbody>
          {proposals.map((one) => (
            <tr key={one.rule + one.debit + one.credit}>
              <td>{inWords(one.rule)}</td>
              <td>{inWords(one.debit)}</td>
              <td>{inWords(one.credit)}</td>
              <td data-number>{showAmount(one.amount.amount)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}
