/**
 * An assignment: what to do, with everything that is needed to do it elsewhere, by when and why;
 * its actions, and what happened until now. The same in the queue, in the case and on its own.
 */
import { Link } from "@tanstack/react-router";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { useSend } from "../api/commands.ts";
import { adjustmentQuery, assignmentQuery, sessionQuery } from "../api/queries.ts";
import { evidenceQuery } from "../api/resolution-queries.ts";
import type { Assignment, AssignmentDetails, OfferedAction } from "../api/types.ts";
import { Answer, Done, Empty, ProblemNote } from "../ui/answers.tsx";
import { AdjustmentBadge, Due, WordBadge } from "../ui/badge.tsx";
import { Amount } from "../ui/money.tsx";
import { Facts } from "../ui/panel.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";
import { inWords, queueWords, ROUTE_WORDS } from "../ui/states.ts";
import { showInstant } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

import { ActionForm } from "./action-form.tsx";
import { actionKey, AssignmentActions } from "./assignment-actions.tsx";
import { ClaimLockBar } from "./claim-lock.tsx";
import { useClientName } from "./clients.ts";
import { EvidencePanel } from "./evidence.tsx";
import { ExplainedGate } from "./gate-explanation.tsx";
import { HoldPanel } from "./hold-panel.tsx";
import { Proposals } from "./journal.tsx";
import { MovementDetail } from "./movement-detail.tsx";
import { Outside } from "./outside.tsx";
import css from "./parts.module.css";
import { Timeline } from "./timeline.tsx";
import { WorkHistory } from "./work-history.tsx";

export interface AssignmentDetailProps {
  readonly id: string;
  readonly action: string | undefined;
  readonly choose: (action: string | undefined) => void;
  /** Called when an action is done, e.g. to go on to the next one. */
  readonly done?: () => void;
}

export function AssignmentDetail(props: AssignmentDetailProps) {
  const query = useQuery(assignmentQuery(props.id));
  return (
    <Answer query={query} what="the assignment">
      {(assignment) => <Shown key={assignment.id} {...props} assignment={assignment} />}
    </Answer>
  );
}

function Shown(props: AssignmentDetailProps & { readonly assignment: AssignmentDetails }) {
  const { assignment, action, choose, done } = props;
  const [finished, setFinished] = useState<string | null>(null);
  const send = useSend<unknown>();
  const place = useRef<HTMLElement>(null);
  const { data: session } = useSuspenseQuery(sessionQuery);
  const me = session?.user.actor ?? "";
  const isByHand = assignment.actions.some((one) => one.name === "completion");
  const { data: shown } = useQuery({ ...evidenceQuery(assignment.id), enabled: isByHand });
  const evidence = shown?.items.map((one) => one.id) ?? [];
  const take = (one: OfferedAction): void =>
    send.mutate({
      path: `/assignments/${assignment.id}/${one.name}`,
      version: assignment.version,
    });
  const pick = (one: OfferedAction): void => {
    setFinished(null);
    if (one.name === "take" || one.name === "release") take(one);
    else choose(one.name === action ? undefined : one.name);
  };
  useActionKeys(assignment.actions, pick);
  const chosen = assignment.actions.find((one) => one.name === action && one.allowed);
  return (
    <article ref={place} className={css["detail"]} aria-label={assignment.type}>
      <ClaimLockBar
        claim={{ client: assignment.client, id: assignment.claim }}
        opens={assignment.closedAt === null && assignment.assignee === me}
        key={`${assignment.claim} ${assignment.assignee === me}`}
      />
      <Head assignment={assignment} />
      {finished === null ? null : (
        <Done title={finished}>
          <p>The server has recorded it.</p>
        </Done>
      )}
      {send.error === null ? null : <ProblemNote error={send.error} />}
      {assignment.closedAt === null ? (
        <AssignmentActions assignment={assignment} chosen={action} choose={pick} />
      ) : (
        <p className={ui["quiet"]}>
          Closed {showInstant(assignment.closedAt)}: {inWords(assignment.outcome ?? "done")}.
        </p>
      )}
      {chosen === undefined || finished !== null ? null : (
        <ActionForm
          key={chosen.name}
          assignment={assignment}
          action={chosen}
          beside={chosen.name === "completion" ? { evidence } : {}}
          close={() => {
            place.current?.querySelector<HTMLElement>(`[data-action="${chosen.name}"]`)?.focus();
            choose(undefined);
          }}
          done={(title) => {
            setFinished(title);
            choose(undefined);
            done?.();
          }}
        />
      )}
      {isByHand || evidence.length > 0 ? (
        <EvidencePanel assignment={assignment.id} isOpen={assignment.closedAt === null} />
      ) : null}
      <Movement assignment={assignment} />
      <WorkHistory id={assignment.id} />
    </article>
  );
}

function useActionKeys(
  actions: readonly OfferedAction[],
  pick: (one: OfferedAction) => void,
): void {
  useShortcuts(
    "This assignment",
    actions.flatMap((one) => {
      const keys = one.allowed ? actionKey(one.name) : undefined;
      return keys === undefined ? [] : [{ keys, label: one.label, run: () => pick(one) }];
    }),
  );
}

function Head({ assignment }: { readonly assignment: Assignment }) {
  const nameOf = useClientName();
  const { claim, dispute } = assignment;
  return (
    <header className={css["detailHead"]}>
      <div className={css["detailTop"]}>
        <h2>{assignment.type}</h2>
        {assignment.closedAt === null ? <Due at={assignment.goalAt} /> : null}
        {assignment.assignee === null ? (
          <WordBadge tone="calm">Nobody has it</WordBadge>
        ) : (
          <WordBadge tone="accent">{`With ${assignment.assignee}`}</WordBadge>
        )}
      </div>
      <div className={css["sum"]}>
        <Amount money={assignment.amount} />
      </div>
      {assignment.reason === null ? null : <p>{assignment.reason}</p>}
      <Facts
        items={[
          [
            "Claim",
            <Link
              key="claim"
              className={ui["link"]}
              to="/cases/$client/$claim"
              params={{ client: assignment.client, claim }}
            >
              {claim}
            </Link>,
          ],
          ["Dispute", dispute],
          ["Client", nameOf(assignment.client)],
          ["Queue", queueWords(assignment.queue)],
          ["Work group", assignment.workGroup],
          ["Waits until", pendedWords(assignment)],
          ["Unworkable", assignment.unworkable],
          ["Route", assignment.route === null ? null : ROUTE_WORDS[assignment.route]],
          ["Destination", assignment.destination],
          ["Leaves", assignment.leavesAt === null ? null : showInstant(assignment.leavesAt)],
          ["Deadline", assignment.deadlineAt === null ? null : showInstant(assignment.deadlineAt)],
          ["Urgency", assignment.urgency],
        ]}
      />
    </header>
  );
}

function pendedWords({ pendedUntil, pendReason }: Assignment): string | null {
  return pendedUntil === null ? null : `${showInstant(pendedUntil)}: ${pendReason ?? ""}`;
}

/** Work of a dispute that does not resolve: the gate says what to do. */
const OF_DISPUTE: ReadonlySet<string> = new Set([
  "Accounting Exception",
  "Merchant Funds Disbursement",
]);

function Movement({ assignment }: { readonly assignment: AssignmentDetails }) {
  const { adjustment, posting } = assignment;
  if (adjustment === null || posting === null) {
    const { client, claim, dispute } = assignment;
    if (dispute !== null && OF_DISPUTE.has(assignment.type)) {
      return <ExplainedGate client={client} claim={claim} dispute={dispute} />;
    }
    return (
      <Empty title="No movement belongs to this assignment">
        <p>It is about the dispute as a whole: open the claim.</p>
      </Empty>
    );
  }
  return (
    <>
      <HoldPanel adjustment={adjustment} />
      <h3>What to post</h3>
      <MovementDetail client={assignment.client} posting={posting} />
      <History adjustment={adjustment} />
    </>
  );
}

function History({ adjustment }: { readonly adjustment: string }) {
  const query = useQuery({ ...adjustmentQuery(adjustment), refetchInterval: 5000 });
  return (
    <Answer query={query} what="what happened">
      {(found) => (
        <>
          {found.entries.length === 0 && found.proposals.length > 0 ? (
            <Proposals proposals={found.proposals} />
          ) : null}
          <Outside adjustment={found} />
          <div className={ui["row"]}>
            <h3>What happened</h3>
            <AdjustmentBadge state={found.state} />
          </div>
          <Timeline items={found.transitions} />
        </>
      )}
    </Answer>
  );
}
