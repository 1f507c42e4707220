/** Below the navigation: help, light or dark, who is signed in. */
import { useMantineColorScheme } from "@mantine/core";
import type { MantineColorScheme } from "@mantine/core";
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { CircleHelp, LogOut, Monitor, Moon, Sun } from "lucide-react";
import type { LucideIcon } from "lucide-react";

import { command } from "../api/http.ts";
import { sessionQuery } from "../api/queries.ts";
import { useShortcuts } from "../ui/shortcuts.ts";

import css from "./shell.module.css";

const SCHEMES: Readonly<
  Record<MantineColorScheme, { next: MantineColorScheme; word: string; icon: LucideIcon }>
> = {
  light: { next: "dark", word: "light", icon: Sun },
  dark: { next: "auto", word: "dark", icon: Moon },
  auto: { next: "light", word: "system", icon: Monitor },
};

export function RailFoot({ showHelp }: { readonly showHelp: () => void }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const scheme = SCHEMES[colorScheme];
  const turn = (): void => setColorScheme(scheme.next);
  useShortcuts("Everywhere", [{ keys: "t", label: "Light, dark, as the system", run: turn }]);
  return (
    <div className={css["foot"]}>
      <button type="button" className={css["footButton"]} onClick={showHelp}>
        <CircleHelp size={16} aria-hidden />
        <span>Shortcuts</span>
      </button>
      <button type="button" className={css["footButton"]} onClick={turn}>
        <scheme.icon size={16} aria-hidden />
        <span>Appearance: {scheme.word}</span>
      </button>
      <SignOut />
    </div>
  );
}

function SignOut() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const name = session?.user.name ?? "";
  const signOut = async (): Promise<void> => {
    await command("/session", { method: "DELETE" });
    queries.clear();
    queries.setQueryData(sessionQuery.queryKey, null);
    await navigate({ to: "/sign-in", search: {} });
  };
  return (
    <button
      type="button"
      className={css["footButton"]}
      onClick={() => {
        void signOut();
      }}
    >
      <LogOut size={16} aria-hidden />
      <span>
        Sign out
        <small>{name}</small>
      </span>
    </button>
  );
}
