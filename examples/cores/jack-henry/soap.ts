/** Reads and writes just enough SOAP 1.1 for a stand-in: elements by name, wherever they stand. */
import type { CoreAnswer } from "../shape.ts";

const NAMESPACE = "http://jackhenry.com/jxchange/TPG/2008";
const OPERATION = /<(?:[A-Za-z]\w*:)?Body[^>]*>\s*<(?:[A-Za-z]\w*:)?(\w+)/;

/** The name of the first element in the envelope's Body. */
export function operationOf(envelope: string): string {
  return OPERATION.exec(envelope)?.[1] ?? "";
}

export function element(name: string, content: string): string {
  return `<${name} xmlns="${NAMESPACE}">${content}</${name}>`;
}

export function envelope(status: number, body: string): CoreAnswer {
  const start =
    `<?xml version="1.0" encoding="utf-8"?>` +
    `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">`;
  return {
    status,
    headers: { "content-type": "text/xml; charset=utf-8" },
    body: `${start}<soap:Body>${body}</soap:Body></soap:Envelope>`,
  };
}

/** SOAP 1.1 answers every fault with 500, whoever is to blame. */
export function soapFault(code: string, text: string, detail = ""): CoreAnswer {
  const inside = detail === "" ? "" : `<detail>${detail}</detail>`;
  return envelope(
    500,
    `<soap:Fault><faultcode>${code}</faultcode><faultstring>${text}</faultstring>` +
      `${inside}</soap:Fault>`,
  );
}

export function textOf(xml: string, name: string): string {
  return allTextsOf(xml, name)[0] ?? "";
}

export function allTextsOf(xml: string, name: string): string[] {
  const pattern = new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*)?>([^<]*)</`, "g");
  return [...xml.matchAll(pattern)].map(([, text = ""]) => plain(text));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
  "&amp;": "&",
};

function plain(text: string): string {
  return text.replaceAll(/&(?:lt|gt|quot|apos|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}
