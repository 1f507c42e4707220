/** A movement in full: what is posted, when, why these accounts and this route. */
import type { Posting, PostingEntry } from "../api/types.ts";
import { Facts } from "../ui/panel.tsx";
import { inWords, ROUTE_WORDS } from "../ui/states.ts";
import { showInstant } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

import { Journal } from "./journal.tsx";

export function MovementDetail(props: { readonly client: string; readonly posting: Posting }) {
  const { client, posting } = props;
  const { entries, why } = posting;
  return (
    <>
      {entries.length > 0 ? (
        <Journal client={client} entries={entries} />
      ) : (
        <p className={ui["quiet"]}>
          {posting.isMoneyless
            ? "This movement carries no money: it only tells the system of record something."
            : "Nothing is booked yet: accounts are chosen when it is."}
        </p>
      )}
      <Facts
        items={[
          ["Statement text", posting.statementText],
          ["Original reference", posting.originalReference],
          ["Event date", posting.eventDate],
          ["Planned posting date", posting.plannedPostingDate],
          ["Operation", inWords(why.operation)],
          ["Asked by", why.askedBy],
        ]}
      />
      <details>
        <summary>Why this posting, these accounts, this route?</summary>
        <div className={ui["quiet"]}>
          <Facts
            items={[
              ...entries.map((entry) => [entry.label, accountRows(entry)] as const),
              ["Rule book", why.rulebook],
              ["Route", why.route === null ? null : ROUTE_WORDS[why.route]],
              ["Route chosen by", why.routeChosenBy],
              ["Recorded", showInstant(why.at)],
              ["Reason", why.reason],
            ]}
          />
        </div>
      </details>
    </>
  );
}

function accountRows(entry: PostingEntry): string {
  const rows = entry.chosenBy.length === 0 ? "no table" : entry.chosenBy.join(", ");
  return `${entry.rule}; accounts by ${rows}`;
}
