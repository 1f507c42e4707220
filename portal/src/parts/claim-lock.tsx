/**
 * Who has a claim open for work. Whoever works it keeps it open by a heartbeat while the page is
 * shown; it is over by itself when they leave. A supervisor may break it, with a reason.
 */
import { Button, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Lock, LockOpen } from "lucide-react";
import { useEffect, useState } from "react";

import { useSend } from "../api/commands.ts";
import { command } from "../api/http.ts";
import type { Numbered } from "../api/queries.ts";
import type { ClaimLock } from "../api/work-queries.ts";
import { claimLockQuery } from "../api/work-queries.ts";
import { ProblemNote } from "../ui/answers.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";
import { showInstant } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

import css from "./parts.module.css";
import { useRight } from "./rights.ts";

const HEARTBEAT_MILLISECONDS = 40_000;

/** `opens`: whoever sees it is working the claim, it is theirs as long as they look. */
export function ClaimLockBar(props: { readonly claim: Numbered; readonly opens?: boolean }) {
  const { claim, opens = false } = props;
  const mayWork = useRight("assignment:work");
  const [isWanted, setWanted] = useState(opens);
  const query = useQuery(claimLockQuery(claim));
  const isOpen = mayWork && isWanted;
  useHeartbeat(claim, isOpen, query.data);
  const lock = query.data;
  const change = (): void => setWanted(!isWanted);
  useShortcuts(
    "This claim",
    mayWork && !opens
      ? [{ keys: "l", label: isWanted ? "Stop working it" : "Open it for work", run: change }]
      : [],
  );
  if (lock === undefined) return null;
  const isOthers = lock.holder !== null && !lock.isMine;
  if (isOthers) return <Others claim={claim} lock={lock} />;
  if (opens) return null;
  return (
    <div className={css["lockBar"]} data-mine={lock.isMine} role="status">
      {lock.isMine ? <Lock size={14} aria-hidden /> : <LockOpen size={14} aria-hidden />}
      <span>
        {lock.isMine ? "You have this claim open for work." : "Nobody has this claim open."}
      </span>
      {mayWork ? (
        <Button
          variant="default"
          onClick={change}
          rightSection={<kbd className={ui["key"]}>l</kbd>}
        >
          {isWanted ? "Stop working it" : "Open it for work"}
        </Button>
      ) : null}
    </div>
  );
}

function Others({ claim, lock }: { readonly claim: Numbered; readonly lock: ClaimLock }) {
  const maySupervise = useRight("assignment:assign");
  const [reason, setReason] = useState("");
  const send = useSend<unknown>();
  const breakIt = (): void =>
    send.mutate({
      path: `/claims/${claim.id}/lock`,
      method: "DELETE",
      query: { client: claim.client, reason },
    });
  return (
    <div className={css["lockBar"]} data-others role="status">
      <Lock size={14} aria-hidden />
      <span>
        <strong>{lock.holder}</strong> has this claim open for work
        {lock.takenAt === null ? "" : ` since ${showInstant(lock.takenAt)}`}. What you would change
        is refused until they are done.
      </span>
      {maySupervise ? (
        <>
          <TextInput
            aria-label="Why the lock is broken"
            placeholder="Why?"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Button
            variant="default"
            color="red"
            disabled={reason.trim() === "" || send.isPending}
            onClick={breakIt}
          >
            Break the lock
          </Button>
        </>
      ) : null}
      {send.error === null ? null : <ProblemNote error={send.error} />}
    </div>
  );
}

/** Takes the lock, renews it, and gives it back when the page is left or the person stops. */
function useHeartbeat(claim: Numbered, isOpen: boolean, lock: ClaimLock | undefined): void {
  const queries = useQueryClient();
  const { client, id } = claim;
  const isOthers = lock !== undefined && lock.holder !== null && !lock.isMine;
  useEffect(() => {
    if (!isOpen || isOthers) return undefined;
    const path = `/claims/${id}/lock`;
    const shown = claimLockQuery({ client, id }).queryKey;
    const beat = async (method: "POST" | "DELETE"): Promise<void> => {
      // Refused: somebody else has it, and the bar says who.
      await command(path, { method, query: { client } }).catch(() => undefined);
      await queries.invalidateQueries({ queryKey: shown });
    };
    void beat("POST");
    const timer = setInterval(() => void beat("POST"), HEARTBEAT_MILLISECONDS);
    return () => {
      clearInterval(timer);
      void beat("DELETE");
    };
  }, [client, id, isOpen, isOthers, queries]);
}
