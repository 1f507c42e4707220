/** The place that a profile's pick-up names, ready to be looked at. */
import type { BatchDesk } from "../../desk.ts";
import type { PickUp } from "../../pick-up-shapes.ts";
import { directoryPlace } from "./directory.ts";
import type { PickUpPlace } from "./place.ts";
import { s3Place } from "./s3.ts";
import { sftpPlace } from "./sftp.ts";

/** Throws `PlaceFailed`, or `configuration-invalid` where a secret is missing or of no use. */
export async function openPlace(
  pickUp: PickUp,
  desk: Pick<BatchDesk, "secrets" | "engine">,
): Promise<PickUpPlace> {
  switch (pickUp.kind) {
    case "directory":
      return directoryPlace(pickUp.directory);
    case "sftp":
      return sftpPlace(pickUp, desk.secrets);
    case "s3":
      return s3Place(pickUp, desk.secrets, desk.engine.clock);
  }
}
