/** The hashes of a file: of its clear bytes, and of each sealed form in which it left. */
import type { BatchDetails } from "../api/batch-types.ts";
import { CopyButton } from "../ui/copy.tsx";
import { showInstant } from "../ui/time.ts";
import ui from "../ui/ui.module.css";

import css from "./screens.module.css";

export function BatchHashes({ file }: { readonly file: BatchDetails }) {
  return (
    <>
      <Hash name="SHA-256 of the clear bytes" value={file.sha256} />
      {file.envelopes.map((envelope) => (
        <div key={envelope.sha256 + envelope.createdAt}>
          <Hash name="SHA-256 as sealed by OpenPGP" value={envelope.sha256} />
          <div className={ui["soft"]}>
            {envelope.sizeBytes.toLocaleString("en-US")} bytes, sealed{" "}
            {showInstant(envelope.createdAt)} for {envelope.recipients.join(", ")}
            {envelope.signer === null ? ", not signed" : `, signed by ${envelope.signer}`}
          </div>
        </div>
      ))}
    </>
  );
}

function Hash({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <div className={ui["soft"]}>{name}</div>
      <div className={`${ui["mono"]} ${css["hash"]}`}>
        {value} <CopyButton text={value} what={name} />
      </div>
    </div>
  );
}
