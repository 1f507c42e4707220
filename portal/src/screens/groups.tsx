/**
 * Work groups and assignment groups: who belongs to which, and which queues an assignment group
 * offers. One form for both; what the server refuses names the place.
 */
import { Button, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Users } from "lucide-react";
import { useState } from "react";

import { useSend } from "../api/commands.ts";
import type { Group, GroupKind } from "../api/work-queries.ts";
import { groupsQuery } from "../api/work-queries.ts";
import forms from "../parts/parts.module.css";
import { useRight } from "../parts/rights.ts";
import { Answer, Done, Empty, ProblemNote } from "../ui/answers.tsx";
import { Panel, Table } from "../ui/panel.tsx";
import { queueWords } from "../ui/states.ts";
import ui from "../ui/ui.module.css";
import { useFocusInside } from "../ui/use-focus-inside.ts";

const route = getRouteApi("/inside/administration");

interface About {
  readonly title: string;
  readonly lead: string;
}

const ABOUT: Readonly<Record<GroupKind, About>> = {
  "work-groups": {
    title: "Work groups",
    lead:
      "A work group owns work. One with people is worked by them alone; one without, by " +
      "everybody with the right.",
  },
  "assignment-groups": {
    title: "Assignment groups",
    lead:
      "An assignment group is a set of queues. Get next offers its people these queues and no " +
      "others; whoever is in none is offered every queue.",
  },
};

export function WorkGroups() {
  return <Groups kind="work-groups" />;
}

export function AssignmentGroups() {
  return <Groups kind="assignment-groups" />;
}

function Groups({ kind }: { readonly kind: GroupKind }) {
  const { group: chosen } = route.useSearch();
  const navigate = useNavigate({ from: "/administration" });
  const mayManage = useRight("group:manage");
  const query = useQuery(groupsQuery(kind));
  const choose = (name: string | undefined): void =>
    void navigate({ search: (before) => ({ ...before, group: name }) });
  const { title, lead } = ABOUT[kind];
  return (
    <div className={ui["stack"]}>
      <Panel
        title={title}
        note={lead}
        actions={
          mayManage ? (
            <Button onClick={() => choose(NEW)}>New group</Button>
          ) : (
            <span className={ui["soft"]}>A supervisor or an administrator changes them.</span>
          )
        }
        flush
      >
        <Answer query={query} what="the groups">
          {(groups) => <List groups={groups} kind={kind} choose={choose} />}
        </Answer>
      </Panel>
      {chosen === undefined || !mayManage || query.data === undefined ? null : (
        <GroupForm
          key={`${kind} ${chosen}`}
          kind={kind}
          group={query.data.find((one) => one.name === chosen)}
          close={() => choose(undefined)}
        />
      )}
    </div>
  );
}

/** No name of a group: names have no star. */
const NEW = "*";

function List(props: {
  readonly groups: readonly Group[];
  readonly kind: GroupKind;
  readonly choose: (name: string) => void;
}) {
  const { groups, kind, choose } = props;
  if (groups.length === 0) {
    return (
      <Empty title="No assignment group yet" icon={Users}>
        <p>
          Everybody is offered every queue they may work. Make a group, name its queues and people,
          and Get next offers them these alone.
        </p>
      </Empty>
    );
  }
  return (
    <Table label={ABOUT[kind].title}>
      <thead>
        <tr>
          <th>Group</th>
          <th>People</th>
          <th>{kind === "work-groups" ? "About" : "Queues"}</th>
        </tr>
      </thead>
      <tbody>
        {groups.map((one) => (
          <tr key={one.name}>
            <td>
              <button type="button" className={ui["linkButton"]} onClick={() => choose(one.name)}>
                {one.name}
              </button>
            </td>
            <td>
              {one.members.length === 0 ? (
                <span className={ui["soft"]}>nobody: open to all with the right</span>
              ) : (
                one.members.join(", ")
              )}
            </td>
            <td>
              {kind === "work-groups" ? one.description : one.queues.map(queueWords).join(", ")}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function GroupForm(props: {
  readonly kind: GroupKind;
  readonly group: Group | undefined;
  readonly close: () => void;
}) {
  const { kind, group, close } = props;
  const place = useFocusInside<HTMLFormElement>();
  const [given, setGiven] = useState<Given>({
    name: group?.name ?? "",
    description: group?.description ?? "",
    members: (group?.members ?? []).join("\n"),
    queues: (group?.queues ?? []).join("\n"),
  });
  const send = useSend<Group>();
  const isNew = group === undefined || group.version === 0;
  const save = (): void => {
    const { name, description, members, queues } = given;
    const body = { description, members: linesOf(members), queues: linesOf(queues) };
    if (isNew) send.mutate({ path: `/${kind}`, body: { name: name.trim(), ...body } });
    else {
      const path = `/${kind}/${encodeURIComponent(group.name)}`;
      send.mutate({ path, method: "PUT", version: group.version, body });
    }
  };
  if (send.data !== undefined) return <Saved group={send.data} close={close} />;
  return (
    <Panel title={group === undefined ? "New group" : group.name}>
      <form
        ref={place}
        className={forms["form"]}
        aria-label="Group"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Fields
          kind={kind}
          isNamed={group !== undefined}
          given={given}
          change={(words) => setGiven({ ...given, ...words })}
        />
        <div className={ui["row"]}>
          <Button type="submit" disabled={send.isPending}>
            {send.isPending ? "Saving…" : "Save"}
          </Button>
          <Button variant="default" onClick={close}>
            Close
          </Button>
        </div>
        {send.error === null ? null : <ProblemNote error={send.error} />}
      </form>
    </Panel>
  );
}

function linesOf(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

interface Given {
  readonly name: string;
  readonly description: string;
  readonly members: string;
  readonly queues: string;
}

function Fields(props: {
  readonly kind: GroupKind;
  readonly isNamed: boolean;
  readonly given: Given;
  readonly change: (words: Partial<Given>) => void;
}) {
  const { kind, isNamed, given, change } = props;
  return (
    <>
      {isNamed ? null : (
        <TextInput
          label="Name"
          required
          data-autofocus
          value={given.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
      )}
      <TextInput
        label="About"
        value={given.description}
        onChange={(event) => change({ description: event.currentTarget.value })}
      />
      <Textarea
        label="People"
        description="One a line, by the name they sign in with."
        autosize
        minRows={3}
        value={given.members}
        onChange={(event) => change({ members: event.currentTarget.value })}
      />
      {kind === "work-groups" ? null : (
        <Textarea
          label="Queues"
          description="One a line: ExecuteAccounting, or ExecuteAccounting.Card for one type."
          autosize
          minRows={2}
          value={given.queues}
          onChange={(event) => change({ queues: event.currentTarget.value })}
        />
      )}
    </>
  );
}

function Saved({ group, close }: { readonly group: Group; readonly close: () => void }) {
  return (
    <Done title={`${group.name} is saved`}>
      <p>{group.members.length === 0 ? "Nobody belongs to it." : group.members.join(", ")}</p>
      <div>
        <Button variant="default" onClick={close}>
          Close
        </Button>
      </div>
    </Done>
  );
}
