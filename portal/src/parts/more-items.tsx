/** The foot of a list that is read page by page: a button while there is more to read. */
import { Button } from "@mantine/core";
import type { UseInfiniteQueryResult } from "@tanstack/react-query";

import ui from "../ui/ui.module.css";

type Paged = Pick<UseInfiniteQueryResult, "hasNextPage" | "isFetchingNextPage" | "fetchNextPage">;

export function MoreItems({ query, what }: { readonly query: Paged; readonly what: string }) {
  if (!query.hasNextPage) return null;
  return (
    <div className={ui["panelBody"]}>
      <Button
        variant="default"
        disabled={query.isFetchingNextPage}
        onClick={() => void query.fetchNextPage()}
      >
        More {what}
      </Button>
    </div>
  );
}
