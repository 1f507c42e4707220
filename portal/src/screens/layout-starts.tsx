/** What a new layout can start from: the shipped ones, and the versions this one had. */
import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { ProfileLayout } from "../api/layout-queries.ts";
import { shippedLayoutsQuery } from "../api/layout-queries.ts";
import type { Layout } from "../parts/layout-text.ts";
import { showInstant } from "../ui/time.ts";

const REPLACED =
  "What you typed is replaced. A changed layout needs a new version, and a name of its own where " +
  "it was a shipped one.";

export function LayoutStarts(props: {
  readonly known: ProfileLayout;
  readonly start: (layout: Layout) => void;
}) {
  const { known, start } = props;
  const shipped = useQuery(shippedLayoutsQuery).data?.items ?? [];
  const starts: readonly { readonly label: string; readonly layout: Layout }[] = [
    { label: "What the profile has now", layout: known.layout },
    ...known.kept.map(({ version, recordedAt, layout }) => ({
      label: `Version ${version}, kept ${showInstant(recordedAt)}`,
      layout,
    })),
    ...shipped.map(({ name, layout }) => ({ label: `Shipped: ${name}`, layout })),
  ];
  return (
    <NativeSelect
      label="Start from"
      description={REPLACED}
      data={starts.map(({ label }, index) => ({ label, value: String(index) }))}
      onChange={(event) => {
        const chosen = starts[Number(event.currentTarget.value)];
        if (chosen !== undefined) start(chosen.layout);
      }}
    />
  );
}
