/** The calls of a service, compiled: method, path, headers and body with placeholders. */
import type { FieldFault } from "../kernel/failure.ts";

import { compileTemplate } from "./template.ts";
import type { Template } from "./template.ts";
import { checkXmlTree } from "./xml-template.ts";

export type CallName = "post" | "lookUp" | "validate";

/** A path, headers and a body with placeholders, compiled. */
export interface RequestTemplate {
  readonly method: "GET" | "POST" | "PUT";
  readonly path: Template;
  readonly headers: Readonly<Record<string, Template>>;
  readonly body: Template | null;
  /** Of SOAP. */
  readonly action: Template | null;
}

interface WrittenCall {
  readonly method?: "GET" | "POST" | "PUT" | undefined;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly action?: string | undefined;
}

export interface WrittenCalls {
  readonly protocol: "rest-json" | "soap" | "xml";
  readonly soap: { readonly action?: string | undefined; readonly header?: unknown };
  readonly post: WrittenCall;
  readonly lookUp: WrittenCall | null;
  readonly validate: WrittenCall | null;
}

export interface CompiledCalls {
  readonly postTemplate: RequestTemplate;
  readonly lookUpTemplate: RequestTemplate | null;
  readonly validateTemplate: RequestTemplate | null;
  /** The XML tree of the envelope's own header blocks. */
  readonly soapHeader: Template | null;
  /** A whole account number stands in a request: the vault has to be asked. */
  readonly usesHolderNumber: boolean;
  /** A posting can ask the core to park a credit of a closed account. */
  readonly asksForPolicy: boolean;
}

/** Compiles all; every fault is added with its place under the pointer given. */
export function compileCalls(
  written: WrittenCalls,
  pointer: string,
  faults: FieldFault[],
): CompiledCalls {
  const all: Template[] = [];
  const compile = (value: unknown, place: string): Template => {
    const template = compileTemplate(value, `${pointer}/${place}`, faults);
    all.push(template);
    return template;
  };
  const compileTree = (value: unknown, place: string): Template => {
    if (written.protocol !== "rest-json") {
      checkXmlTree(value, `${pointer}/${place}`, faults, written.protocol === "xml");
    }
    return compile(value, place);
  };
  const call = (name: CallName, given: WrittenCall): RequestTemplate => {
    const action = given.action ?? written.soap.action;
    return {
      method: given.method ?? methodOf(written.protocol, name),
      path: compile(given.path, `${name}/path`),
      headers: Object.fromEntries(
        Object.entries(given.headers).map(([header, value]) => [
          header,
          compile(value, `${name}/headers/${header}`),
        ]),
      ),
      body: given.body === undefined ? null : compileTree(given.body, `${name}/body`),
      action: action === undefined ? null : compile(action, `${name}/action`),
    };
  };
  const { post, lookUp, validate, soap } = written;
  const compiled = {
    postTemplate: call("post", post),
    lookUpTemplate: lookUp === null ? null : call("lookUp", lookUp),
    validateTemplate: validate === null ? null : call("validate", validate),
    soapHeader: soap.header === undefined ? null : compileTree(soap.header, "soap/header"),
  };
  const uses = (what: "number" | "policy"): boolean => all.some((one) => one.uses.has(what));
  return { ...compiled, usesHolderNumber: uses("number"), asksForPolicy: uses("policy") };
}

/** A SOAP call is always a POST; a look-up of the others asks with GET. */
function methodOf(protocol: WrittenCalls["protocol"], name: CallName): "GET" | "POST" {
  return name === "lookUp" && protocol !== "soap" ? "GET" : "POST";
}
