/**
 * Accounts › Regenerate Accounting Batch: first what became of the old file, then the right verb of
 * two. The same bytes again (resend), or a new file that supersedes the old one (regenerate).
 */
import { NativeSelect } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { FileStack } from "lucide-react";

import { batchesQuery, batchQuery } from "../api/queries.ts";
import type { BatchDetails, BatchFile } from "../api/batch-types.ts";
import { useClient, useClientName } from "../parts/clients.ts";
import { Answer, Empty } from "../ui/answers.tsx";
import { FileBadge } from "../ui/badge.tsx";
import { Amount } from "../ui/money.tsx";
import { Facts, Panel } from "../ui/panel.tsx";
import { FILE_LOOKS } from "../ui/states.ts";
import { showInstant } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

import { RegenerateForm } from "./regenerate-form.tsx";

const route = getRouteApi("/inside/administration");

export function RegenerateBatch() {
  const { file } = route.useSearch();
  const client = useClient();
  const navigate = useNavigate({ from: "/administration" });
  const nameOf = useClientName();
  const query = useInfiniteQuery(batchesQuery({ client }));
  const labelOf = (one: BatchFile): string =>
    `${one.fileName} · ${nameOf(one.client)} · ${FILE_LOOKS[one.state].word}`;
  return (
    <Panel
      title="Regenerate Accounting Batch"
      note="makes an earlier file again, for instance because it did not reach its destination"
    >
      <Answer query={query} what="the files">
        {(data) => {
          const files = data.pages.flatMap((page) => page.items);
          if (files.length === 0) return <NoFiles />;
          return (
            <div className={ui["stack"]}>
              <NativeSelect
                label="Which file?"
                value={file ?? ""}
                data={[
                  { value: "", label: "Choose…" },
                  ...files.map((one) => ({
                    value: one.id,
                    label: labelOf(one),
                  })),
                ]}
                onChange={(event) => {
                  const chosen = event.currentTarget.value || undefined;
                  void navigate({ search: (before) => ({ ...before, file: chosen }) });
                }}
              />
              {file === undefined ? null : <Chosen key={file} id={file} />}
            </div>
          );
        }}
      </Answer>
    </Panel>
  );
}

function NoFiles() {
  return (
    <Empty title="No file has been made yet" icon={FileStack}>
      <p>Files are made at each cut-off, or at once by Generate Accounting File(s).</p>
    </Empty>
  );
}

function Chosen({ id }: { readonly id: string }) {
  const query = useQuery(batchQuery(id));
  return (
    <Answer query={query} what="the file">
      {(file) => (
        <>
          <FileFacts file={file} />
          <RegenerateForm file={file} />
        </>
      )}
    </Answer>
  );
}

function FileFacts({ file }: { readonly file: BatchDetails }) {
  return (
    <Facts
      items={[
        ["State", <FileBadge key="state" state={file.state} />],
        ["Made", showInstant(file.createdAt)],
        ["Handed over", file.handedOverAt === null ? "not yet" : showInstant(file.handedOverAt)],
        ["Posting date", file.postingDate],
        ["Adjustments", file.totals.adjustments],
        ["Debits", <Amount key="debits" money={file.totals.debits.amount} />],
        ["Credits", <Amount key="credits" money={file.totals.credits.amount} />],
        [
          "File",
          <Link key="file" to="/batches/$batch" params={{ batch: file.id }}>
            Lines and transmissions
          </Link>,
        ],
      ]}
    />
  );
}
