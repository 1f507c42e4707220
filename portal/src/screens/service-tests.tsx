/** Before the first movement goes out, and when it does not work: tests that never post. */
import type { OneService } from "../api/service-queries.ts";
import css from "../parts/service.module.css";

import { ServiceConnection } from "./service-connection.tsx";
import { ServiceTrial } from "./service-trial.tsx";

export function ServiceTests({ service }: { readonly service: OneService }) {
  return (
    <div className={css["pair"]}>
      <ServiceConnection service={service} />
      <ServiceTrial service={service} />
    </div>
  );
}
