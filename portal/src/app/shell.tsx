/** The frame around every page: where one can go, whose books are in view, who is signed in. */
import { notifications } from "@mantine/notifications";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import mark from "../ui/mark.svg";
import { useShortcuts } from "../ui/shortcuts.ts";

import { ClientChoice } from "./client-choice.tsx";
import { Help } from "./help.tsx";
import { MorePlaces } from "./more-places.tsx";
import { PLACES } from "./places.ts";
import { RailFoot } from "./rail-foot.tsx";
import { SearchBox } from "./search-box.tsx";
import css from "./shell.module.css";

export function Shell() {
  const navigate = useNavigate();
  const [helpShown, showHelp] = useState(false);
  useShortcuts(
    "Go to",
    PLACES.map((place) => ({
      keys: `g ${place.key}`,
      label: place.label,
      run: () => void navigate({ to: place.to }),
    })),
  );
  useShortcuts("Everywhere", [
    { keys: "?", label: "This list", run: () => showHelp(true) },
    { keys: "/", label: "Search cases", run: focusSearch },
    { keys: "y", label: "Copy a link to what is shown", run: () => void copyLink() },
  ]);
  return (
    <div className={css["shell"]}>
      <a className={css["skip"]} href="#content">
        Skip to the content
      </a>
      <div className={css["rail"]}>
        <Link to="/" className={css["brand"]}>
          <img src={mark} alt="" />
          Redress
        </Link>
        <nav className={css["nav"]} aria-label="Main">
          {PLACES.map(({ to, label, key, icon: Icon, wideOnly = false }) => (
            <Link
              key={to}
              to={to}
              data-wide-only={wideOnly || undefined}
              activeOptions={{ exact: to === "/", includeSearch: false }}
            >
              <Icon size={17} strokeWidth={1.9} aria-hidden />
              {label}
              <kbd aria-hidden>g {key}</kbd>
            </Link>
          ))}
          <MorePlaces />
        </nav>
        <RailFoot showHelp={() => showHelp(true)} />
      </div>
      <div className={css["main"]}>
        <header className={css["bar"]}>
          <SearchBox />
          <ClientChoice />
        </header>
        <main id="content" tabIndex={-1} className={css["content"]}>
          <Outlet />
        </main>
      </div>
      <Help shown={helpShown} close={() => showHelp(false)} />
    </div>
  );
}

/** Everything shown is in the address: whoever opens it sees the same, as far as they may. */
async function copyLink(): Promise<void> {
  try {
    await navigator.clipboard.writeText(location.href);
    notifications.show({ message: "The link is copied" });
  } catch {
    // Browsers allow it over https and on one's own machine only.
    notifications.show({ message: "The browser did not allow it: copy the address by hand" });
  }
}

function focusSearch(): void {
  document.querySelector<HTMLInputElement>("#search")?.focus();
}
