/**
 * The WS-Security UsernameToken of a SOAP call (OASIS Web Services Security UsernameToken Profile
 * 1.1, §3.1): the password as text, or a digest with nonce and time, so that it cannot be replayed.
 */
import { createHash } from "node:crypto";

import { writeXml } from "./write-xml.ts";

const WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-";
const SECURITY = `${WSS}wssecurity-secext-1.0.xsd`;
const UTILITY = `${WSS}wssecurity-utility-1.0.xsd`;
const PROFILE = `${WSS}username-token-profile-1.0`;
const BASE64 = `${WSS}soap-message-security-1.0#Base64Binary`;

export interface UsernameToken {
  readonly user: string;
  readonly password: string;
  readonly digest: boolean;
  /** ISO, UTC. */
  readonly created: string;
  readonly nonce: Uint8Array;
}

/** The `wsse:Security` header block, to be understood by the service or refused. */
export function securityHeader(token: UsernameToken): string {
  const { user, password, digest, created } = token;
  return writeXml({
    "wsse:Security": {
      "@xmlns:wsse": SECURITY,
      "@xmlns:wsu": UTILITY,
      "@soap:mustUnderstand": "1",
      "wsse:UsernameToken": {
        "wsse:Username": user,
        "wsse:Password": {
          "@Type": `${PROFILE}#${digest ? "PasswordDigest" : "PasswordText"}`,
          "#text": digest ? passwordDigest(token) : password,
        },
        ...(digest
          ? {
              "wsse:Nonce": {
                "@EncodingType": BASE64,
                "#text": Buffer.from(token.nonce).toString("base64"),
              },
              "wsu:Created": created,
            }
          : {}),
      },
    },
  });
}

/** Base64(SHA-1(nonce + created + password)): the profile's, not our choice of algorithm. */
function passwordDigest({ nonce, created, password }: UsernameToken): string {
  return createHash("sha1").update(nonce).update(created).update(password).digest("base64");
}
