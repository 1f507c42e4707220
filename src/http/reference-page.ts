/**
 * The API reference as one page without a script: drawn from the same OpenAPI document that is
 * served and committed, so nothing is fetched from anywhere and nothing can differ.
 */
import { escaped, htmlOf } from "./markdown.ts";

/** The little of OpenAPI that is drawn. */
export interface OpenApiDocument {
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description?: string;
  };
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, JsonSchema>> };
}

export interface OpenApiOperation {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
    readonly schema?: JsonSchema;
  }[];
  readonly requestBody?: { readonly content?: OpenApiContent };
  readonly responses?: Readonly<
    Record<string, { readonly description?: string; readonly content?: OpenApiContent }>
  >;
}

type OpenApiContent = Readonly<Record<string, { readonly schema?: JsonSchema }>>;

export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly additionalProperties?: unknown;
}

const STYLE = `
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
  body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; }
  code, pre { font: 13px/1.5 ui-monospace, monospace; }
  pre { overflow-x: auto; padding: .75rem; background: light-dark(#f4f5f7, #1f2329); }
  h2 { margin-top: 2.5rem; border-bottom: 1px solid light-dark(#d5d9df, #3a404a); }
  section { margin: 1.75rem 0; }
  .method { font-weight: 700; margin-right: .5rem; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; }
  th { font-weight: 600; } td { border-top: 1px solid light-dark(#e4e7eb, #2d323a); }
  a { color: light-dark(#0b5cad, #7ab8ff); }
`;

/** A whole HTML page around a body. */
export function pageOf(title: string, body: string, nonce: string): string {
  return (
    `<!doctype html>\n<html lang="en"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width, initial-scale=1">` +
    `<title>${escaped(title)}</title><style nonce="${nonce}">${STYLE}</style></head>` +
    `<body>\n${body}\n</body></html>\n`
  );
}

/** The reference: contents, then every operation under its tag, then the named schemas. */
export function referenceHtml(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.map((one) => one.operation.tags?.[0] ?? "other"))];
  const contents = tags.map((tag) => `<a href="#tag-${tag}">${escaped(tag)}</a>`).join(" · ");
  const parts = tags.map(
    (tag) =>
      `<h2 id="tag-${tag}">${escaped(tag)}</h2>\n` +
      operations
        .filter((one) => (one.operation.tags?.[0] ?? "other") === tag)
        .map(({ path, method, operation }) => operationHtml(path, method, operation))
        .join("\n"),
  );
  const schemas = Object.entries(document.components?.schemas ?? {}).map(
    ([name, schema]) =>
      `<section id="schema-${name}"><h3>${escaped(name)}</h3>${schemaHtml(schema)}</section>`,
  );
  return (
    `<h1>${escaped(document.info.title)} API ${escaped(document.info.version)}</h1>\n` +
    `${htmlOf(document.info.description ?? "")}\n` +
    `<p>${contents} · <a href="#schemas">schemas</a> · <a href="/docs/errors">errors</a> · ` +
    `<a href="/openapi.json">openapi.json</a></p>\n${parts.join("\n")}\n` +
    `<h2 id="schemas">schemas</h2>\n${schemas.join("\n")}`
  );
}

function operationHtml(path: string, method: string, operation: OpenApiOperation): string {
  const parameters = (operation.parameters ?? []).map(
    (one) =>
      `<tr><td><code>${escaped(one.name)}</code></td><td>${escaped(one.in)}` +
      `${one.required === true ? ", required" : ""}</td>` +
      `<td>${typeHtml(one.schema)}</td><td>${escaped(one.description ?? "")}</td></tr>`,
  );
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  const answers = Object.entries(operation.responses ?? {}).map(([status, answer]) => {
    const schema = Object.values(answer.content ?? {})[0]?.schema;
    return (
      `<tr><td><code>${status}</code></td><td>${typeHtml(schema)}</td>` +
      `<td>${inline(answer.description ?? "")}</td></tr>`
    );
  });
  return (
    `<section id="${escaped(operation.operationId ?? path)}">` +
    `<h3><code class="method">${method.toUpperCase()}</code><code>${escaped(path)}</code></h3>` +
    `<p><strong>${escaped(operation.summary ?? "")}</strong></p>` +
    htmlOf(operation.description ?? "") +
    (parameters.length > 0 ? `<table>${parameters.join("")}</table>` : "") +
    (body === undefined ? "" : `<h4>Body</h4>${schemaHtml(body)}`) +
    `<h4>Answers</h4><table>${answers.join("")}</table></section>`
  );
}

/** The fields of an object one a line; anything else by its type. */
function schemaHtml(schema: JsonSchema): string {
  if (schema.properties === undefined) return `<p>${typeHtml(schema)}</p>`;
  const required = new Set(schema.required ?? []);
  const rows = Object.entries(schema.properties).map(
    ([name, field]) =>
      `<tr><td><code>${escaped(name)}</code></td><td>${typeHtml(field)}</td>` +
      `<td>${required.has(name) ? "always" : ""}</td>` +
      `<td>${escaped(field.description ?? "")}</td></tr>`,
  );
  return `<table>${rows.join("")}</table>`;
}

function typeHtml(schema: JsonSchema | undefined): string {
  if (schema === undefined) return "";
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split("/").at(-1) ?? "";
    return `<a href="#schema-${escaped(name)}">${escaped(name)}</a>`;
  }
  if (schema.enum !== undefined) return schema.enum.map((one) => code(String(one))).join(" | ");
  if (schema.const !== undefined) return code(String(schema.const));
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeHtml).join(" | ");
  if (schema.items !== undefined) return `list of ${typeHtml(schema.items)}`;
  if (schema.properties !== undefined) {
    const fields = Object.entries(schema.properties).map(
      ([name, field]) => `${escaped(name)}: ${typeHtml(field)}`,
    );
    return `{ ${fields.join(", ")} }`;
  }
  const type = Array.isArray(schema.type) ? schema.type.join(" | ") : String(schema.type ?? "any");
  return escaped(schema.format === undefined ? type : `${type} (${schema.format})`);
}

function code(text: string): string {
  return `<code>${escaped(text)}</code>`;
}

function inline(text: string): string {
  return htmlOf(text).replaceAll(/<\/?p>/g, "");
}
