/** Pages for what should not happen: an address that leads nowhere, a page that broke. */
import type { ErrorComponentProps } from "@tanstack/react-router";
import { Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";

import { Empty, ProblemNote } from "../ui/answers.tsx";
import { Page } from "../ui/panel.tsx";

export function NotFound() {
  return (
    <Page title="Not here">
      <Empty title="This address leads nowhere" icon={Compass}>
        <p>It may be mistyped, or what it named may belong to a client you do not see.</p>
        <Link to="/">Go to Today</Link>
      </Empty>
    </Page>
  );
}

export function Unexpected({ error, reset }: ErrorComponentProps) {
  return (
    <Page title="Something went wrong">
      <ProblemNote error={error} retry={reset} />
    </Page>
  );
}
