/**
 * What went wrong with a connection, in words that a person understands. The error's kind, never
 * its message: that may quote what was sent.
 */
import { errors } from "undici";

import { isRefusalOfOurCertificate, UntrustedCertificate } from "./tls.ts";

export interface ConnectionProblem {
  readonly reason: string;
  /** Of certificates and keys: one was exchanged, or has to be. */
  readonly isOfTls: boolean;
}

const UNSIGNED = "its certificate is not signed by an authority that we trust";
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "it refused the connection",
  ENOTFOUND: "its name is not known",
  EAI_AGAIN: "its name cannot be looked up now",
  EHOSTUNREACH: "there is no way to it",
  ENETUNREACH: "there is no way to it",
  UND_ERR_CONNECT_TIMEOUT: "no connection in time",
};
const TLS_WORDS: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: UNSIGNED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNSIGNED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNSIGNED,
  UNABLE_TO_GET_ISSUER_CERT: UNSIGNED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNSIGNED,
  CERT_UNTRUSTED: UNSIGNED,
  CERT_SIGNATURE_FAILURE: UNSIGNED,
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  CERT_REVOKED: "its certificate was revoked",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

export function reasonOf(error: unknown, wasSent: boolean): ConnectionProblem {
  const lost = wasSent ? "the connection was lost" : "no connection was made";
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) {
    return { reason: "no whole answer in time", isOfTls: false };
  }
  if (error instanceof UntrustedCertificate) return { reason: error.message, isOfTls: true };
  const { code } = error as { code?: unknown };
  if (typeof code !== "string") return { reason: lost, isOfTls: false };
  const ofTls = TLS_WORDS[code];
  if (ofTls !== undefined) return { reason: `${ofTls} (${code})`, isOfTls: true };
  if (isRefusalOfOurCertificate(error)) {
    return { reason: `it does not accept our certificate (${code})`, isOfTls: true };
  }
  if (/^ERR_(SSL|TLS|OSSL)_/.test(code)) {
    return { reason: `no secure connection can be made (${code})`, isOfTls: true };
  }
  return { reason: `${WORDS[code] ?? lost} (${code})`, isOfTls: false };
}
