/** The stand-in cores by name, each with the configuration that connects it. */
import { fineractCore } from "./fineract/core.ts";
import { fineractService } from "./fineract/service.ts";
import { galileoCore } from "./galileo/core.ts";
import { galileoService } from "./galileo/service.ts";
import { jackHenryCore } from "./jack-henry/core.ts";
import { jackHenryService } from "./jack-henry/service.ts";
import type { CoreShape } from "./shape.ts";

export interface KnownCore {
  readonly shape: () => CoreShape;
  /** What stands in a client's settings as `services.NAME`. */
  readonly service: (address: string) => ConnectingService;
  /** It takes one entry a call: nothing is combined for it. */
  readonly perEntry: boolean;
}

export type ConnectingService = Readonly<Record<string, unknown>> & {
  readonly lookUp?: Readonly<Record<string, unknown>>;
};

export const CORES: Readonly<Record<string, KnownCore>> = {
  "jack-henry": { shape: jackHenryCore, service: jackHenryService, perEntry: true },
  fineract: { shape: fineractCore, service: fineractService, perEntry: false },
  galileo: { shape: galileoCore, service: galileoService, perEntry: true },
};
