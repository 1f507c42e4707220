/**
 * SOAP 1.1 (W3C Note of 8 May 2000) and 1.2 (W3C Recommendation) over HTTP: the envelope around a
 * body, the action where each version wants it, and the answer's Body or Fault.
 */
import type { Codec, SendingMoment } from "./codec.ts";
import { XML_DECLARATION } from "./codec.ts";
import { escapedInAttribute } from "../formats/xml-characters.ts";
import { UnreadableXml } from "../formats/xml-elements.ts";

import { readXml } from "./read-xml.ts";
import type { XmlTree } from "./read-xml.ts";
import { withSecretsInPlace } from "./secret-places.ts";
import type { RequestTemplate, Service } from "./service-configuration.ts";
import type { RequestFacts } from "./template.ts";
import { securityHeader } from "./username-token.ts";
import { factsForXml, writeXml } from "./write-xml.ts";

const ENVELOPES = {
  "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
  "1.2": "http://www.w3.org/2003/05/soap-envelope",
} as const;

const NONCE_BYTES = 16;

export function soapCodec({ soap, soapHeader }: Service): Codec {
  const { version, security } = soap;
  const start = `${XML_DECLARATION}<soap:Envelope xmlns:soap="${ENVELOPES[version]}">`;
  const headerStart = `${start}<soap:Header>`;
  return {
    accept: version === "1.1" ? "text/xml" : "application/soap+xml",
    isXml: true,
    write: (template, given) => {
      const facts = factsForXml(given);
      const body = writeXml(template.body?.render(facts) ?? null);
      const blocks = soapHeader === null ? "" : writeXml(soapHeader.render(facts) ?? null);
      const header =
        blocks === "" && security === null ? "" : `<soap:Header>${blocks}</soap:Header>`;
      const text = `${start}${header}<soap:Body>${body}</soap:Body></soap:Envelope>`;
      return { text, kept: text, headers: actionHeaders(version, template, facts) };
    },
    finish: (written, moment) => {
      const text = withSecretsInPlace(written, moment.secretAt, escapedInAttribute);
      if (security === null) return text;
      const added = securityHeader({
        user: security.user,
        password: moment.secretAt(security.password),
        digest: security.digest,
        ...freshness(moment),
      });
      return `${headerStart}${added}${text.slice(headerStart.length)}`;
    },
    read: (text) => {
      try {
        return readEnvelope(text);
      } catch (error) {
        if (!(error instanceof UnreadableXml)) throw error;
        return { body: undefined, problem: error.message, isUnclear: true };
      }
    },
  };
}

/** To the second, as the profile's examples; the nonce makes it unique. */
function freshness({ now, randomBytes }: SendingMoment): { created: string; nonce: Uint8Array } {
  return { created: `${now.slice(0, 19)}Z`, nonce: randomBytes(NONCE_BYTES) };
}

/** 1.1 §6.1.1: SOAPAction is always there, quoted. 1.2 part 2 §6: a parameter of the media type. */
function actionHeaders(
  version: "1.1" | "1.2",
  { action }: RequestTemplate,
  facts: RequestFacts,
): Record<string, string> {
  const text = String(action?.render(facts) ?? "").replaceAll(/[^\x20-\x7e]|["\\]/g, "");
  if (version === "1.1") {
    return { "content-type": "text/xml; charset=utf-8", SOAPAction: `"${text}"` };
  }
  const parameter = text === "" ? "" : `; action="${text}"`;
  return { "content-type": `application/soap+xml; charset=utf-8${parameter}` };
}

/** A Fault is no verdict by its HTTP status: only a row of the service's own gives it a meaning. */
function readEnvelope(text: string): { body: XmlTree; isUnclear?: true } {
  const { name, namespace, content } = readXml(text);
  if (name !== "Envelope" || !Object.values<unknown>(ENVELOPES).includes(namespace)) {
    throw new UnreadableXml("it is not a SOAP envelope");
  }
  const body = typeof content === "object" && !Array.isArray(content) ? content["Body"] : undefined;
  if (body === undefined || Array.isArray(body)) {
    throw new UnreadableXml("it is an envelope without one Body");
  }
  const isFault = typeof body === "object" && body["Fault"] !== undefined;
  return isFault ? { body, isUnclear: true } : { body };
}
