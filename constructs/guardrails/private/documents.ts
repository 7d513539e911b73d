import { parseAllDocuments } from "yaml";
import type { Json } from "../../../domain";
import { isRecord } from "../../../domain/is-record";
import { type BlockBody, isObject, UndecidedValue } from "../value";

/**
 * The objects of a text of JSON or YAML. References of Terraform in it stay what they are: a reader of values that meets one throws.
 *
 * @throws UndecidedValue for a text that is neither
 */
export function documentsIn(text: string, at: string): readonly BlockBody[] {
  const references: string[] = [];
  const masked = withoutReferences(text, (reference) => `AMBIT_REFERENCE_${references.push(reference) - 1}_`);
  const restored = (value: unknown): Json => restore(value, references);
  return parsed(masked, text, at).map(restored).filter(isObject);
}

function parsed(masked: string, text: string, at: string): readonly unknown[] {
  try {
    return [JSON.parse(masked)];
  } catch {
    // YAML takes all of JSON, and the name of a reference where a value stands without quotes.
    // Kubernetes and Helm merge `<<`.
    const documents = parseAllDocuments(masked, { logLevel: "silent", merge: true });
    const list = Array.isArray(documents) ? documents : [];
    const [error] = list.flatMap(({ errors }) => errors);
    if (error !== undefined) throw unreadable(at, text, error);
    return list.map((document) => {
      try {
        return document.toJS() as unknown;
      } catch (aliased) {
        throw unreadable(at, text, aliased as Error);
      }
    });
  }
}

function unreadable(at: string, text: string, { message }: Error): UndecidedValue {
  return new UndecidedValue(at, text, `${at} cannot be read: ${firstLine(message)}`);
}

function firstLine(text: string): string {
  return text.split("\n")[0]?.replace(/:$/, "") ?? text;
}

/** `${...}`, which may hold braces itself; `$${` is plain text. */
function withoutReferences(text: string, name: (reference: string) => string): string {
  let rest = text;
  let masked = "";
  for (;;) {
    const start = /(?<!\$)(?:\$\$)*\$\{/.exec(rest);
    if (start === null) return masked + rest;
    const open = start.index + start[0].length - 2;
    const end = endOf(rest, open + 2);
    masked += rest.slice(0, open) + name(rest.slice(open, end));
    rest = rest.slice(end);
  }
}

function endOf(text: string, from: number): number {
  let depth = 1;
  for (let index = from; index < text.length; index++) {
    if (text[index] === "{") depth++;
    if (text[index] === "}" && --depth === 0) return index + 1;
  }
  return text.length;
}

function restore(value: unknown, references: readonly string[]): Json {
  if (typeof value === "string")
    return value.replace(/AMBIT_REFERENCE_(\d+)_/g, (_, index: string) => references[Number(index)] ?? "");
  if (Array.isArray(value)) return (value as readonly unknown[]).map((each) => restore(each, references));
  if (!isRecord(value)) return (value ?? null) as Json;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, restore(each, references)]));
}
