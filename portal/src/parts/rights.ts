/** What whoever is signed in may do; the server checks it again with every command. */
import { useSuspenseQuery } from "@tanstack/react-query";

import { sessionQuery } from "../api/queries.ts";

export function useRight(permission: string): boolean {
  const { data: session } = useSuspenseQuery(sessionQuery);
  return session?.user.permissions.includes(permission) === true;
}
