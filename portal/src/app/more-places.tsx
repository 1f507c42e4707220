/** On a narrow page, where the navigation has no room for all: every page behind one button. */
import { Modal } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Ellipsis } from "lucide-react";
import { useState } from "react";

import { PLACES } from "./places.ts";
import css from "./shell.module.css";

export function MorePlaces() {
  const [shown, show] = useState(false);
  const close = (): void => show(false);
  return (
    <>
      <button
        type="button"
        className={css["more"]}
        aria-haspopup="dialog"
        aria-expanded={shown}
        onClick={() => show(true)}
      >
        <Ellipsis size={17} strokeWidth={1.9} aria-hidden />
        More
      </button>
      <Modal
        opened={shown}
        onClose={close}
        title="All pages"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <nav className={css["allPlaces"]} aria-label="All pages">
          {PLACES.map(({ to, label, icon: Icon }) => (
            <Link
              key={to}
              to={to}
              activeOptions={{ exact: to === "/", includeSearch: false }}
              onClick={close}
            >
              <Icon size={17} strokeWidth={1.9} aria-hidden />
              {label}
            </Link>
          ))}
        </nav>
      </Modal>
    </>
  );
}
