/** A service's settings as they were written, and their change. Faults come with their place. */
import { useQuery } from "@tanstack/react-query";

import type { OneService } from "../api/service-queries.ts";
import { settingsQuery } from "../api/service-queries.ts";
import { Answer } from "../ui/answers.tsx";

import { SettingsPanel } from "./settings-panel.tsx";

export function ServiceSettings({ service }: { readonly service: OneService }) {
  const query = useQuery(settingsQuery(service));
  return (
    <Answer query={query} what="the settings">
      {(settings) => (
        <SettingsPanel
          title="Settings"
          note="as they were written; secrets are references"
          path={`/clients/${service.client}/services/${service.name}`}
          settings={settings}
          name={`services.${settings.name}`}
          consequence="Running workers use it within a second. The difference is in the audit."
        />
      )}
    </Answer>
  );
}
