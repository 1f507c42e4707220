/** The codec of every protocol. JSON and plain XML are here, SOAP has a file of its own. */
import type { Codec, WrittenBody } from "./codec.ts";
import { XML_DECLARATION } from "./codec.ts";
import { parseJsonExactly } from "./read-answer.ts";
import { UnreadableXml } from "../formats/xml-elements.ts";

import { readXml } from "./read-xml.ts";
import type { Service } from "./service-configuration.ts";
import { soapCodec } from "./soap.ts";
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

const jsonCodec: Codec = {
  accept: "application/json",
  isXml: false,
  write: ({ body }, facts) => {
    if (body === null) return NOTHING;
    const tree = body.render(facts) ?? null;
    const headers = { "content-type": "application/json" };
    return { text: JSON.stringify(tree), kept: tree, headers };
  },
  finish: (text) => text,
  read: (text) => {
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
  finish: (text) => text,
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
