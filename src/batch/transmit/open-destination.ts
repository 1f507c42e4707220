/** The destination of a profile, ready to take files; null where a person carries them. */
import type { Clock } from "../../kernel/clock.ts";
import type { Secrets } from "../../connections/secrets.ts";
import type { Delivery } from "../delivery-shapes.ts";

import type { Destination } from "./destination.ts";
import { directoryDestination } from "./directory.ts";
import { httpsDestination } from "./https.ts";
import { s3Destination } from "./s3.ts";
import { sftpDestination } from "./sftp.ts";

/** Throws `configuration-invalid` where a secret is missing or of no use. */
export function openDestination(
  delivery: Delivery,
  desk: { readonly secrets: Secrets; readonly engine: { readonly clock: Clock } },
): Destination | null {
  switch (delivery.kind) {
    case "byHand":
      return null;
    case "directory":
      return directoryDestination(delivery.directory);
    case "sftp":
      return sftpDestination(delivery, desk.secrets);
    case "s3":
      return s3Destination(delivery, desk.secrets, desk.engine.clock);
    case "https":
      return httpsDestination(delivery, desk.secrets, desk.engine.clock);
  }
}
