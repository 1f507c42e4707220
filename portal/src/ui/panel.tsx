/** The frame of every page and of its parts. */
import type { ReactNode } from "react";
import { useEffect } from "react";

import css from "./ui.module.css";

export function Page(props: {
  readonly title: string;
  /** For the tab of the browser, where the title alone does not say enough. */
  readonly name?: string;
  readonly heading?: ReactNode;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const { title, name = title, heading = title, lead, actions, children } = props;
  useEffect(() => {
    document.title = `${name} · Redress`;
  }, [name]);
  return (
    <div className={css["page"]}>
      <div className={css["pageHead"]}>
        <div>
          <h1>{heading}</h1>
          {lead === undefined ? null : <div className={css["lead"]}>{lead}</div>}
        </div>
        {actions === undefined ? null : <div className={css["row"]}>{actions}</div>}
      </div>
      {children}
    </div>
  );
}

export function Panel(props: {
  readonly title?: ReactNode;
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  readonly flush?: boolean;
  readonly children: ReactNode;
}) {
  const { title, note, actions, flush = false, children } = props;
  return (
    <section className={css["panel"]}>
      {title === undefined ? null : (
        <div className={css["panelHead"]}>
          <h2>{title}</h2>
          {note === undefined ? null : <span className={css["panelNote"]}>{note}</span>}
          {actions === undefined ? null : <div className={css["row"]}>{actions}</div>}
        </div>
      )}
      {flush ? children : <div className={css["panelBody"]}>{children}</div>}
    </section>
  );
}

/** Names and values. A value that is null is left out. */
export function Facts({ items }: { readonly items: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className={css["facts"]}>
      {items
        .filter(([, value]) => value !== null && value !== undefined && value !== "")
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** A table that scrolls by itself on a narrow page, by keyboard too. */
export function Table({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ReactNode;
}) {
  return (
    <div className={css["tableWrap"]} tabIndex={0} role="region" aria-label={label}>
      <table className={css["table"]}>{children}</table>
    </div>
  );
}
