import type { Json } from "../../domain";
import { isRecord } from "../../domain/is-record";

export type BlockBody = Readonly<Record<string, Json | undefined>>;

/** A value that is known at apply only, or text that cannot be read: the rule that asked for it cannot decide. */
export class UndecidedValue extends Error {
  public override readonly name = "UndecidedValue";

  constructor(
    /** Path of the attribute, such as `policy.Statement[0].Action` */
    public readonly at: string,
    public readonly value: Json,
    sentence: string,
  ) {
    super(sentence);
  }
}

export function isObject(value: unknown): value is BlockBody {
  return isRecord(value);
}

/** Whether the text refers to something: `$${` is plain text. With a directive it is known at apply only as well. */
export function isReference(text: string): boolean {
  return (text.includes("${") && /(?:^|[^$])(?:\$\$)*\$\{/.test(text)) || hasDirective(text);
}

/**
 * Whether Terraform puts the text together by `%{ if … }` or `%{ for … }`; `%%{` is plain text.
 *
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings#directives
 */
export function hasDirective(text: string): boolean {
  return text.includes("%{") && /(?:^|[^%])(?:%%)*%\{/.test(text);
}

const NONE: readonly BlockBody[] = [];

/** A block or blocks, written as an object, as a list of objects, or left out. @throws UndecidedValue for a reference */
export function blocksOf(body: BlockBody, name: string, at = name): readonly BlockBody[] {
  const dynamic = body["dynamic"];
  const written = body[name];
  if (dynamic !== undefined) {
    const computed = listOf(dynamic).find((each) => isObject(each) && Object.hasOwn(each, name));
    if (computed !== undefined) throw unknown(at, computed);
  }
  if (written === undefined || written === null) return NONE;
  return listOf(written).map((block) => {
    if (!isObject(block)) throw unknown(at, block);
    return block;
  });
}

/** The blocks at the end of a path of names. @param at what an UndecidedValue names; by default each name by itself */
export function blocksAlong(body: BlockBody, names: readonly string[], at?: string): readonly BlockBody[] {
  return names.reduce<readonly BlockBody[]>(
    (blocks, name) => blocks.flatMap((each) => blocksOf(each, name, at)),
    [body],
  );
}

/** What is written as a list, as one value, or left out */
export function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value as Json];
}

/** The first of the blocks; undefined if there is none */
export function blockOf(body: BlockBody, name: string, at = name): BlockBody | undefined {
  const written = body[name];
  // As CDKTF writes it
  if (isObject(written) && body["dynamic"] === undefined) return written;
  return blocksOf(body, name, at)[0];
}

/** A text that is written; undefined if it is left out. @throws UndecidedValue for a reference and for what is no text */
export function textOf(body: BlockBody, name: string, at = name): string | undefined {
  const value = body[name] ?? null;
  if (value === null) return undefined;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string" || isReference(value)) throw unknown(at, value);
  return value;
}

/** Texts that are written as one or as a list. @throws UndecidedValue for a reference */
export function textsOf(body: BlockBody, name: string, at = name): readonly string[] {
  const isList = Array.isArray(body[name]);
  return listOf(body[name]).map((each, index) => {
    const written = textOf({ [name]: each }, name, isList ? `${at}[${index}]` : at);
    return written ?? "";
  });
}

/** As Terraform converts it: `"true"` is true. @throws UndecidedValue for a reference and for what is no boolean */
export function flagOf(body: BlockBody, name: string, at = name): boolean | undefined {
  const text = textOf(body, name, at);
  if (text === undefined || text === "true" || text === "false")
    return text === undefined ? undefined : text === "true";
  throw unknown(at, text);
}

/** As Terraform converts it: `"3600"` is 3600. @throws UndecidedValue for a reference and for what is no number */
export function numberOf(body: BlockBody, name: string, at = name): number | undefined {
  const text = textOf(body, name, at);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() === "" || Number.isNaN(number)) throw unknown(at, text);
  return number;
}

function unknown(at: string, value: Json): UndecidedValue {
  return new UndecidedValue(at, value, `${at} is known at apply only`);
}
