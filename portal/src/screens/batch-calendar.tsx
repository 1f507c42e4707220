/** The calendar of a profile: each window of a month, what became of it, and what left with it. */
import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { CalendarDays, ChevronLeft, ChevronRight } from "lucide-react";

import type { BatchProfile, BatchWindows } from "../api/batch-types.ts";
import { profilesQuery, windowsQuery } from "../api/queries.ts";
import { BatchTabs } from "../parts/batch-tabs.tsx";
import { useClient, useClientName } from "../parts/clients.ts";
import type { Month } from "../parts/months.ts";
import { monthAfter, monthInWords, monthOf } from "../parts/months.ts";
import { Answer, Empty } from "../ui/answers.tsx";
import { useNow } from "../ui/clock.ts";
import { Page, Panel } from "../ui/panel.tsx";
import { today } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

import css from "./batch-calendar.module.css";
import { CalendarFigures } from "./calendar-figures.tsx";
import { CalendarGrid } from "./calendar-grid.tsx";

const route = getRouteApi("/inside/batches/calendar");

const idOf = ({ client, name }: BatchProfile): string => `${client} ${name}`;

export function BatchCalendar() {
  const query = useQuery(profilesQuery(useClient()));
  return (
    <Page title="Calendar of files" lead="Every window, what became of it, and what left with it.">
      <BatchTabs />
      <Answer query={query} what="the profiles">
        {(profiles) => (profiles.length === 0 ? <NoProfiles /> : <OfProfile profiles={profiles} />)}
      </Answer>
    </Page>
  );
}

function NoProfiles() {
  return (
    <Panel flush>
      <Empty title="No batch files here" icon={CalendarDays}>
        <p>
          None of the clients in view sends its accounting by file. A batch profile with cut-offs in
          the client's settings fills this calendar.
        </p>
      </Empty>
    </Panel>
  );
}

function OfProfile({ profiles }: { readonly profiles: readonly BatchProfile[] }) {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/batches/calendar" });
  const nameOf = useClientName();
  const now = useNow();
  const [first] = profiles;
  const profile = profiles.find((one) => idOf(one) === search.of) ?? first;
  if (profile === undefined) return null;
  const month = monthOf(search.month, today(now));
  return (
    <Panel
      title={monthInWords(month.name)}
      note={`${profile.name} of ${nameOf(profile.client)}`}
      actions={
        <>
          {profiles.length === 1 ? null : (
            <NativeSelect
              aria-label="Profile"
              value={idOf(profile)}
              data={profiles.map((one) => ({
                value: idOf(one),
                label: `${one.name} · ${nameOf(one.client)}`,
              }))}
              onChange={(event) => {
                const of = event.currentTarget.value;
                void navigate({ search: (before) => ({ ...before, of }) });
              }}
            />
          )}
          <Turn to={monthAfter(month.name, -1)} label="Month before" icon={ChevronLeft} />
          <Link to="/batches/calendar" search={(before) => ({ ...before, month: undefined })}>
            This month
          </Link>
          <Turn to={monthAfter(month.name, 1)} label="Month after" icon={ChevronRight} />
        </>
      }
    >
      <OfMonth profile={profile} month={month} />
    </Panel>
  );
}

function Turn(props: {
  readonly to: string;
  readonly label: string;
  readonly icon: typeof ChevronLeft;
}) {
  const Icon = props.icon;
  return (
    <Link
      className={css["turn"]}
      to="/batches/calendar"
      search={(before) => ({ ...before, month: props.to })}
      aria-label={props.label}
    >
      <Icon size={18} aria-hidden />
    </Link>
  );
}

function OfMonth({ profile, month }: { readonly profile: BatchProfile; readonly month: Month }) {
  const query = useQuery(
    windowsQuery({
      client: profile.client,
      profile: profile.name,
      from: month.first,
      until: month.last,
    }),
  );
  return (
    <Answer query={query} what="the windows">
      {(windows) =>
        windows.items.length === 0 ? (
          <NoWindows hasCutOffs={profile.cutOffs.length > 0} />
        ) : (
          <Shown month={month} windows={windows} />
        )
      }
    </Answer>
  );
}

function Shown({ month, windows }: { readonly month: Month; readonly windows: BatchWindows }) {
  return (
    <div className={ui["stack"]}>
      <CalendarFigures windows={windows.items} />
      <CalendarGrid month={month} windows={windows} />
      <p className={ui["soft"]}>
        Times are those of {windows.zone}. A bar is as long as its file has adjustments, against the
        largest file of the month.
      </p>
    </div>
  );
}

function NoWindows({ hasCutOffs }: { readonly hasCutOffs: boolean }) {
  return (
    <Empty title="No windows in this month" icon={CalendarDays}>
      <p>
        {hasCutOffs
          ? "The profile did not exist then, or nothing was cut. Its cut-offs say what is to come."
          : "This profile has no cut-offs: Generate Accounting File(s) makes its files by hand."}
      </p>
    </Empty>
  );
}
