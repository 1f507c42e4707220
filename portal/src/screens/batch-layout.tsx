/**
 * The layout of a batch profile being changed: its text on the left, what it makes of rows on the
 * right as it is typed. *Apply* shows the difference, *Process Actions* saves it as a new version.
 */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { FileCog } from "lucide-react";
import { useState } from "react";

import type { ProfileLayout } from "../api/layout-queries.ts";
import { layoutPreviewQuery, profileLayoutQuery } from "../api/layout-queries.ts";
import { BatchTabs } from "../parts/batch-tabs.tsx";
import { useClientName } from "../parts/clients.ts";
import { readLayoutText, valuesAsked, writeLayoutText } from "../parts/layout-text.ts";
import { Answer, Done, Empty } from "../ui/answers.tsx";
import { Page, Panel } from "../ui/panel.tsx";
import ui from "../ui/ui.module.css";

import { LayoutEditor } from "./layout-editor.tsx";
import { LayoutPreviewPanel } from "./layout-preview.tsx";
import { LayoutReview } from "./layout-review.tsx";
import { LayoutStarts } from "./layout-starts.tsx";
import { LayoutValues } from "./layout-values.tsx";
import { useSettled } from "./use-settled.ts";
import css from "./batch-layout.module.css";

const route = getRouteApi("/inside/batches/layout");

export function BatchLayout() {
  const { of = "" } = route.useSearch();
  const [client = "", profile = ""] = of.split(" ");
  const query = useQuery({ ...profileLayoutQuery({ client, profile }), enabled: profile !== "" });
  const nameOf = useClientName();
  /** The version of the client that our own saving made. */
  const [saved, setSaved] = useState<number | null>(null);
  return (
    <Page
      title={profile === "" ? "Layout" : `Layout of ${profile}`}
      lead={profile === "" ? undefined : `How a file of ${nameOf(client)} looks, line by line.`}
    >
      <BatchTabs />
      {profile === "" ? (
        <Panel flush>
          <Empty title="No profile is chosen" icon={FileCog}>
            <p>
              Choose one on <Link to="/batches/profiles">Profiles</Link>: each has its layout.
            </p>
          </Empty>
        </Panel>
      ) : (
        <Answer query={query} what="the layout">
          {(known) => (
            <>
              {saved === known.version ? (
                <Done title="Saved">
                  <p>The next file is written by it. Files that were written keep theirs.</p>
                </Done>
              ) : null}
              <Editing key={known.version} known={known} done={() => setSaved(known.version + 1)} />
            </>
          )}
        </Answer>
      )}
    </Page>
  );
}

function Editing(props: { readonly known: ProfileLayout; readonly done: () => void }) {
  const { known, done } = props;
  const [text, setText] = useState(() => writeLayoutText(known.layout));
  const [values, setValues] = useState(known.values);
  const [isReal, setReal] = useState(false);
  const read = readLayoutText(text);
  const settled = useSettled({ layout: read.layout, values }, 350);
  const { client, profile } = known;
  const asked = { ...settled, client, profile: isReal ? profile : null };
  const preview = useQuery(layoutPreviewQuery(asked));
  const faults = [
    ...read.faults,
    ...(read.layout === null ? [] : (preview.data?.faults ?? [])).map((fault) => {
      const { pointer, detail } = fault;
      return {
        line: read.lineOf(pointer),
        detail: pointer === "" ? detail : `${pointer}: ${detail}`,
      };
    }),
  ];
  return (
    <div className={css["sides"]}>
      <Panel
        title="Layout"
        note={known.shipped === null ? "this profile's own" : `the shipped ${known.shipped}`}
      >
        <div className={ui["stack"]}>
          <LayoutStarts known={known} start={(layout) => setText(writeLayoutText(layout))} />
          <LayoutEditor text={text} faults={faults} change={setText} />
          <LayoutValues names={valuesAsked(text)} values={values} change={setValues} />
          <LayoutReview
            known={known}
            text={text}
            layout={faults.length === 0 ? read.layout : null}
            values={values}
            done={done}
          />
        </div>
      </Panel>
      <LayoutPreviewPanel query={preview} isReal={isReal} setReal={setReal} />
    </div>
  );
}
