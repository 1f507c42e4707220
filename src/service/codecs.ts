/** The codec of every protocol. JSON and plain XML are here, SOAP has a file of its own. */
import type { Codec, WrittenBody } from "./codec.ts";
import { XML_DECLARATION } from "./codec.ts";
import { json } from "../database/sql.ts";
import { parseJsonExactly } from "./read-answer.ts";
import { escapedInAttribute } from "../formats/xml-characters.ts";
import { UnreadableXml } from "../formats/xml-elements.ts";

import { readXml } from "./read-xml.ts";
import { withSecretsInPlace } from "./secret-places.ts";
import type { Service } from "./service-configuration.ts";
import { soapCodec } from "./soap.ts";
import type { Json } from "./template.ts";
import { factsForXml, writeXml } from "./write-xml.ts";

export function codecOf(service: Service): Codec {
  switch (service.protocol) {
    case "rest-json":
      return jsonCodec;
    case "xml":
      return xmlCodec;
    case "soap":
      return soapCodec(service);
  }
}

const NOTHING: WrittenBody = { text: null, kept: null, headers: {} };

const JSON_HEADERS = { "content-type": "application/json" };

declare global {
  /** ECMA-262, not yet known to the types. */
  interface JSON {
    rawJSON(text: string): unknown;
  }
}

/** Long whole numbers leave with all their digits, and are kept as text: readers would round. */
function writtenJson(tree: Json): Pick<WrittenBody, "text" | "kept"> {
  try {
    return { text: JSON.stringify(tree), kept: tree };
  } catch {
    // A bigint in it. Asking at every value would cost all the others four times as much.
    const text = JSON.stringify(tree, (_, value: unknown) =>
      typeof value === "bigint" ? JSON.rawJSON(String(value)) : value,
    );
    return { text, kept: JSON.parse(json(tree)) };
  }
}

const jsonCodec: Codec = {
  accept: "application/json",
  isXml: false,
  write: ({ body }, facts) => {
    if (body === null) return NOTHING;
    return { ...writtenJson(body.render(facts) ?? null), headers: JSON_HEADERS };
  },
  finish: (text, { secretAt }) =>
    withSecretsInPlace(text, secretAt, (secret) => JSON.stringify(secret).slice(1, -1)),
  read: (text) => {
    if (text === "") return { body: undefined };
    try {
      return { body: parseJsonExactly(text) };
    } catch {
      return { body: undefined, problem: "it is not JSON" };
    }
  },
};

const xmlCodec: Codec = {
  accept: "application/xml, text/xml",
  isXml: true,
  write: ({ body }, facts) => {
    if (body === null) return NOTHING;
    const text = `${XML_DECLARATION}${writeXml(body.render(factsForXml(facts)) ?? null)}`;
    const headers = { "content-type": "application/xml; charset=utf-8" };
    return { text, kept: text, headers };
  },
  finish: (text, { secretAt }) => withSecretsInPlace(text, secretAt, escapedInAttribute),
  read: (text) => {
    if (text === "") return { body: undefined };
    try {
      const { name, content } = readXml(text);
      return { body: { [name]: content } };
    } catch (error) {
      if (!(error instanceof UnreadableXml)) throw error;
      return { body: undefined, problem: error.message, isUnclear: true };
    }
  },
};
