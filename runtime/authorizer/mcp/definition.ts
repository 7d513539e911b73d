import { createHash } from "node:crypto";
import { own } from "../../../domain";
import { canonicalJson, NoCanonicalForm } from "../../canonical-json";
import type { Value } from "../../json";
import type { ParameterHeader } from "./agreeing-headers";
import { type Members, membersOf } from "./rpc";

/** All that a tool says of itself, and that a model or a client goes by */
const PINNED = ["name", "title", "description", "inputSchema", "outputSchema", "annotations", "icons"] as const;
const HEADER = "x-mcp-header";
const DEEPEST = 16;

/** `sha256:` and 64 hex digits over the RFC 8785 form of the definition; undefined if it has no such form */
export function pinOf(definition: Members): string | undefined {
  const text = pinnedText(definition);
  return text === undefined ? undefined : `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** What was reviewed of it: what a pin is not the digest of may be anything. */
export function pinnedOf(definition: Members): Members {
  const pinned = PINNED.filter((name) => own(definition, name) !== undefined);
  return Object.fromEntries(pinned.map((name) => [name, definition[name] as Value]));
}

/** What a pin is the digest of */
export function pinnedText(definition: Members): string | undefined {
  try {
    return canonicalJson(pinnedOf(definition));
  } catch (error) {
    if (error instanceof NoCanonicalForm) return undefined;
    throw error;
  }
}

/** Names that occur more than once: clients differ in which definition they use. */
export function repeatedNames(definitions: readonly Members[]): ReadonlySet<unknown> {
  const seen = new Set<unknown>();
  const repeated = new Set<unknown>();
  for (const definition of definitions) {
    const name = own(definition, "name");
    (seen.has(name) ? repeated : seen).add(name);
  }
  return repeated;
}

/** Parameters that headers repeat, where the schema marks them along properties alone (MCP 2026-07-28, "Schema extension") */
export function parameterHeadersOf(definition: Members): readonly ParameterHeader[] {
  const found: ParameterHeader[] = [];
  const walk = (schema: Members | undefined, path: readonly string[]): void => {
    for (const [name, value] of Object.entries(membersOf(own(schema, "properties")) ?? {})) {
      const property = membersOf(value);
      const header = own(property, HEADER);
      if (typeof header === "string") found.push({ name: header.toLowerCase(), path: [...path, name] });
      if (path.length < DEEPEST) walk(property, [...path, name]);
    }
  };
  walk(membersOf(own(definition, "inputSchema")), []);
  return found;
}
