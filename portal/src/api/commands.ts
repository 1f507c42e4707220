/** Commands from pages: sent once, and then everything shown is read again. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { UseMutationResult } from "@tanstack/react-query";

import { command } from "./http.ts";
import type { Command } from "./http.ts";

export interface Sent extends Command {
  readonly path: string;
}

/** Never optimistic: what is shown afterwards is what the server answers. */
export function useSend<Answer>(): UseMutationResult<Answer, Error, Sent> {
  const queries = useQueryClient();
  return useMutation<Answer, Error, Sent>({
    mutationFn: ({ path, ...given }) => command<Answer>(path, given),
    onSettled: (_answer, _error, { query }) => {
      if (query?.["dryRun"] === true) return;
      // Not waited for: what the command answered is shown at once.
      void queries.invalidateQueries({ predicate: (one) => one.queryKey[0] !== "session" });
    },
  });
}
