/** The choice of whose books are in view, at the top of every page. */
import { NativeSelect } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";

import { useClient, useClients } from "../parts/clients.ts";

import css from "./shell.module.css";

export function ClientChoice() {
  const navigate = useNavigate();
  const client = useClient();
  const clients = useClients();
  if (clients.length < 2) return null;
  return (
    <NativeSelect
      className={css["client"]}
      size="xs"
      aria-label="Client in view"
      value={client ?? ""}
      data={[
        { value: "", label: "All clients" },
        ...clients.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        void navigate({
          to: ".",
          search: (before) => ({ ...before, client: chosen === "" ? undefined : chosen }),
        });
      }}
    />
  );
}
