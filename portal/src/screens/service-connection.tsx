/** Test connection: how far the way to the core goes, step by step, and what to do. */
import { Button } from "@mantine/core";

import { useSend } from "../api/commands.ts";
import type { OneService } from "../api/service-queries.ts";
import type { ConnectionTest, TestStep } from "../api/service-types.ts";
import { useRight } from "../parts/rights.ts";
import { TestSteps } from "../parts/test-steps.tsx";
import { ProblemNote } from "../ui/answers.tsx";
import { Panel } from "../ui/panel.tsx";
import ui from "../ui/ui.module.css";

export function ServiceConnection({ service }: { readonly service: OneService }) {
  const send = useSend<ConnectionTest>();
  const mayTest = useRight("service:test");
  return (
    <Panel title="Test connection" note="posts nothing">
      <div className={ui["stack"]}>
        <p className={ui["soft"]}>
          Name, connection, TLS, signing in, and one call that writes nothing: the health path of
          the settings, or a look-up of a key that cannot exist.
        </p>
        <div>
          <Button
            disabled={!mayTest || send.isPending}
            title={mayTest ? undefined : "Your role does not allow this"}
            onClick={() =>
              send.mutate({
                path: `/clients/${service.client}/services/${service.name}/connection-test`,
              })
            }
          >
            {send.isPending ? "Testing…" : "Test connection"}
          </Button>
        </div>
        {send.error === null ? null : <ProblemNote error={send.error} />}
        {send.data === undefined ? null : (
          <TestSteps
            verdict={VERDICTS[send.data.outcome]}
            steps={send.data.steps}
            words={STEP_WORDS}
          />
        )}
      </div>
    </Panel>
  );
}

const VERDICTS: Readonly<Record<ConnectionTest["outcome"], string>> = {
  ok: "The way to the core is open.",
  warning: "It answers, but something is doubtful.",
  failed: "It does not get through.",
};

const STEP_WORDS: Readonly<Record<TestStep["name"], string>> = {
  address: "Address",
  connection: "Connection",
  tls: "TLS",
  signIn: "Signing in",
  call: "A call that writes nothing",
};
