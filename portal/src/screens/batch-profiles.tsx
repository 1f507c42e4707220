/** Batch profiles: when each one cuts, where its files go, what it reads, and is the way open. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FileCog } from "lucide-react";

import type { BatchProfile } from "../api/batch-types.ts";
import { useSend } from "../api/commands.ts";
import { profilesQuery } from "../api/queries.ts";
import { BatchTabs } from "../parts/batch-tabs.tsx";
import { useClient, useClientName } from "../parts/clients.ts";
import { useRight } from "../parts/rights.ts";
import type { Step } from "../parts/test-steps.tsx";
import { TestSteps } from "../parts/test-steps.tsx";
import { Answer, Empty, ProblemNote } from "../ui/answers.tsx";
import { WordBadge } from "../ui/badge.tsx";
import { Facts, Page, Panel } from "../ui/panel.tsx";
import { showInstant } from "../ui/time.ts";
import { inWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";

interface DestinationTest {
  readonly outcome: "ok" | "warning" | "failed";
  readonly steps: readonly Step[];
}

export function BatchProfiles() {
  const query = useQuery(profilesQuery(useClient()));
  return (
    <Page title="Batch profiles" lead="When files are cut, where they go, what answers they read.">
      <BatchTabs />
      <Answer query={query} what="the profiles">
        {(profiles) =>
          profiles.length === 0 ? (
            <NoProfiles />
          ) : (
            profiles.map((profile) => (
              <Profile key={`${profile.client} ${profile.name}`} profile={profile} />
            ))
          )
        }
      </Answer>
    </Page>
  );
}

function NoProfiles() {
  return (
    <Panel flush>
      <Empty title="No batch profile here" icon={FileCog}>
        <p>
          None of the clients in view sends its accounting by file. <code>batchProfiles</code> in a
          client's settings names a layout, the cut-offs and a destination; its movements then leave
          by file.
        </p>
      </Empty>
    </Panel>
  );
}

const BASES: Readonly<Record<string, string>> = {
  assumed: "when it is handed over",
  onAcknowledgement: "when it is acknowledged",
};

function Profile({ profile }: { readonly profile: BatchProfile }) {
  const nameOf = useClientName();
  const { client, name, cutOffs, nextCutOffAt } = profile;
  return (
    <Panel
      title={name}
      note={nameOf(client)}
      actions={
        <WordBadge tone={profile.marker === "LIVE" ? "warn" : "calm"}>{profile.marker}</WordBadge>
      }
    >
      <div className={ui["stack"]}>
        {profile.problem === null ? null : <p className={ui["problem"]}>{profile.problem}</p>}
        <Facts
          items={[
            ["Goes by", DELIVERIES[profile.delivery] ?? profile.delivery],
            ["Counts as executed", BASES[profile.basis] ?? profile.basis],
            [
              "Cut-offs, in the client's zone",
              cutOffs.length === 0
                ? "none: by hand"
                : cutOffs.map((cutOff) => `${inWords(cutOff.name)} ${cutOff.time}`).join(", "),
            ],
            ["Next cut-off", nextCutOffAt === null ? null : showInstant(nextCutOffAt)],
            ["Next posting date", profile.nextPostingDate],
            ["Next sequence", profile.nextSequence === 0 ? null : profile.nextSequence],
            ["Reads answers as", profile.returnFormat ?? "none"],
            [
              "Layout",
              <Link key="layout" to="/batches/layout" search={{ of: `${client} ${name}` }}>
                See, try and change it
              </Link>,
            ],
            [
              "Looked at",
              <Link key="calendar" to="/batches/calendar" search={{ of: `${client} ${name}` }}>
                Its windows and files
              </Link>,
            ],
          ]}
        />
        <DestinationCheck profile={profile} />
      </div>
    </Panel>
  );
}

const DELIVERIES: Readonly<Record<string, string>> = {
  directory: "a directory",
  byHand: "hand: somebody takes it",
  sftp: "SFTP",
  s3: "S3-compatible storage",
  https: "HTTPS upload",
};

const VERDICTS: Readonly<Record<DestinationTest["outcome"], string>> = {
  ok: "The way to the destination is open.",
  warning: "It can be reached, but something is doubtful.",
  failed: "Files would not get through.",
};

const STEP_WORDS: Readonly<Record<string, string>> = {
  address: "Address",
  connection: "Connection",
  tls: "TLS",
  hostKey: "Host key",
  signIn: "Signing in",
  directory: "Directory",
  writing: "Writing, renaming, removing",
  call: "A call that sends nothing",
  sealing: "Sealing with OpenPGP",
};

function DestinationCheck({ profile }: { readonly profile: BatchProfile }) {
  const send = useSend<DestinationTest>();
  const mayTest = useRight("service:test");
  const { client, name } = profile;
  return (
    <div className={ui["stack"]}>
      <div className={ui["row"]}>
        <Button
          variant="default"
          aria-label={`Test connection of ${name}`}
          disabled={!mayTest || send.isPending}
          title={mayTest ? undefined : "Your role does not allow this"}
          onClick={() =>
            send.mutate({ path: `/clients/${client}/batch-profiles/${name}/connection-test` })
          }
        >
          {send.isPending ? "Testing…" : "Test connection"}
        </Button>
        <span className={ui["soft"]}>Sends no file of money.</span>
      </div>
      {send.error === null ? null : <ProblemNote error={send.error} />}
      {send.data === undefined ? null : (
        <TestSteps
          verdict={VERDICTS[send.data.outcome]}
          steps={send.data.steps}
          words={STEP_WORDS}
        />
      )}
    </div>
  );
}
