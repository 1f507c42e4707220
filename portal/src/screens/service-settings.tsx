/**
 * The settings of a service as they were written, and their change: *Apply* shows the difference
 * and whether the service is live, *Process Actions* saves it. Faults come with their place.
 */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { useState } from "react";

import type { OneService } from "../api/service-queries.ts";
import { settingsQuery } from "../api/service-queries.ts";
import type { ServiceSettings as Settings } from "../api/service-types.ts";
import { useRight } from "../parts/rights.ts";
import { Answer, Done } from "../ui/answers.tsx";
import { Panel } from "../ui/panel.tsx";
import { PayloadView } from "../ui/payload.tsx";
import ui from "../ui/ui.module.css";

import { SettingsForm } from "./settings-form.tsx";

export function ServiceSettings({ service }: { readonly service: OneService }) {
  const query = useQuery(settingsQuery(service));
  return (
    <Answer query={query} what="the settings">
      {(settings) => <Shown service={service} settings={settings} />}
    </Answer>
  );
}

function Shown(props: { readonly service: OneService; readonly settings: Settings }) {
  const { service, settings } = props;
  const [isEditing, setEditing] = useState(false);
  const [saved, setSaved] = useState(false);
  const mayConfigure = useRight("service:configure");
  return (
    <Panel
      title="Settings"
      note="as they were written; secrets are references"
      actions={
        isEditing ? undefined : (
          <Button
            variant="default"
            leftSection={<Pencil size={14} aria-hidden />}
            disabled={!mayConfigure}
            title={mayConfigure ? undefined : "Your role does not allow this"}
            onClick={() => {
              setSaved(false);
              setEditing(true);
            }}
          >
            Change
          </Button>
        )
      }
    >
      <div className={ui["stack"]}>
        {settings.problem === null ? null : (
          <p className={ui["problem"]} role="alert">
            They do not load: {settings.problem}
          </p>
        )}
        {saved ? (
          <Done title="Saved">
            <p>Running workers use it within a second. The difference is in the audit.</p>
          </Done>
        ) : null}
        {isEditing ? (
          <SettingsForm
            path={`/clients/${service.client}/services/${service.name}`}
            settings={settings}
            close={() => setEditing(false)}
            done={() => {
              setEditing(false);
              setSaved(true);
            }}
          />
        ) : (
          <PayloadView
            title={`services.${settings.name}`}
            value={settings.settings}
            empty="Nothing is written."
          />
        )}
      </div>
    </Panel>
  );
}
