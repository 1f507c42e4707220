/**
 * A piece of an XML file from a template: `{name}` stands for a field, escaped; what is between
 * `{?name}` and `{/name}` is left out where the field has no value.
 */
import type { Sources, Values, WritingContext } from "./field-text.ts";
import {
  boundedLine,
  FieldRefused,
  fieldWriter,
  isNumeric,
  typeOf,
  withSign,
} from "./field-text.ts";
import { lengthOf } from "./fixed-cell.ts";
import type { TemplateField } from "./layout.ts";
import { escapedInAttribute, isForbiddenInXml } from "./xml-characters.ts";

type Piece =
  | { readonly text: string }
  | { readonly field: string }
  | { readonly given: string; readonly pieces: readonly Piece[] };

const DEEPEST = 32;
const MARK = /\{([?/]?)([A-Za-z][A-Za-z0-9]*)\}/g;

/** The names that a template uses, or what is wrong with its braces. */
export function templateNames(template: string): ReadonlySet<string> | string {
  const pieces = piecesOf(template);
  return typeof pieces === "string" ? pieces : new Set(namesOf(pieces));
}

export function templateLine(
  template: string,
  fields: readonly TemplateField[],
  sources: Sources,
  context: WritingContext,
): (values: Values) => string {
  const pieces = checkedPieces(template);
  const cells = new Map(fields.map((field) => [field.name, cellOf(field, sources, context)]));
  return (values) => {
    const texts = new Map<string, string>();
    for (const [name, write] of cells) texts.set(name, write(values));
    return written(pieces, texts);
  };
}

/** A checked template with these texts in the place of its fields, as they stand. */
export function filledTemplate(template: string, texts: ReadonlyMap<string, string>): string {
  return written(checkedPieces(template), texts);
}

function checkedPieces(template: string): Piece[] {
  const pieces = piecesOf(template.replace(/\r?\n$/, ""));
  if (typeof pieces === "string") throw new Error(`a template that was checked: ${pieces}`);
  return pieces;
}

function cellOf(
  field: TemplateField,
  sources: Sources,
  context: WritingContext,
): (values: Values) => string {
  const type = typeOf(field, sources);
  const write = fieldWriter(field, type, context);
  const numeric = isNumeric(field, type);
  return (values) => {
    const value = write(values);
    const text = numeric && value.text !== "" ? withSign(field, value) : value.text;
    if (field.longest !== undefined && lengthOf(text) > field.longest) {
      throw new FieldRefused(field.name, `${lengthOf(text)} characters, at most ${field.longest}`);
    }
    if (isForbiddenInXml(text)) throw new FieldRefused(field.name, "XML cannot hold a character");
    return escapedInAttribute(text);
  };
}

function written(pieces: readonly Piece[], texts: ReadonlyMap<string, string>): string {
  let text = "";
  for (const piece of pieces) {
    if ("text" in piece) text += piece.text;
    else if ("field" in piece) text += texts.get(piece.field) ?? "";
    else if ((texts.get(piece.given) ?? "") !== "") text += written(piece.pieces, texts);
    boundedLine(text);
  }
  return text;
}

function namesOf(pieces: readonly Piece[]): string[] {
  return pieces.flatMap((piece) => {
    if ("text" in piece) return [];
    return "field" in piece ? [piece.field] : [piece.given, ...namesOf(piece.pieces)];
  });
}

function piecesOf(template: string): Piece[] | string {
  const open: { given: string; pieces: Piece[] }[] = [{ given: "", pieces: [] }];
  let at = 0;
  for (const match of template.matchAll(MARK)) {
    const [mark, kind, name = ""] = match;
    const top = open.at(-1) as { given: string; pieces: Piece[] };
    if (match.index > at) top.pieces.push({ text: template.slice(at, match.index) });
    at = match.index + mark.length;
    if (kind === "") top.pieces.push({ field: name });
    else if (kind === "?" && open.length > DEEPEST) return `is nested more than ${DEEPEST} deep`;
    else if (kind === "?") open.push({ given: name, pieces: [] });
    else if (open.length === 1 || top.given !== name) return `{/${name}} closes nothing`;
    else {
      open.pop();
      open.at(-1)?.pieces.push(top);
    }
  }
  const [root, unclosed] = open;
  if (unclosed !== undefined) return `{?${unclosed.given}} is not closed`;
  root?.pieces.push({ text: template.slice(at) });
  return root?.pieces ?? [];
}
