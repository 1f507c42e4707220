/** What went over the wire, readable and ready to be copied. */
import { CopyButton } from "./copy.tsx";
import css from "./payload.module.css";
import { prettyPayload } from "./pretty.ts";

export function PayloadView(props: {
  readonly title: string;
  readonly note?: string;
  readonly value: unknown;
  /** Where there is none. */
  readonly empty: string;
}) {
  const { kind, text } = prettyPayload(props.value);
  return (
    <section className={css["payload"]} aria-label={props.title}>
      <header>
        <h4>{props.title}</h4>
        {props.note === undefined ? null : <code>{props.note}</code>}
        {text === "" ? null : (
          <span className={css["tools"]}>
            <span className={css["kind"]}>{kind === "text" ? "Text" : kind.toUpperCase()}</span>
            <CopyButton text={text} what={props.title.toLowerCase()} />
          </span>
        )}
      </header>
      {text === "" ? (
        <p>{props.empty}</p>
      ) : (
        <pre tabIndex={0} aria-label={`${props.title}, content`}>
          {text}
        </pre>
      )}
    </section>
  );
}
