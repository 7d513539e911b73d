import { createHash } from "node:crypto";
import { type Json, sortedKeys } from "../../domain/json";
import type { Rule, Violation } from "./rule";

/** What a rule refuses, at its place */
export interface Finding extends Violation {
  readonly rule: Rule;
  /** Stack in which it stands; empty for what stands in the registry */
  readonly stack: string;
  /** Terraform's address of the block, or `agent.<name>` */
  readonly address: string;
  /** In the tree of constructs, or file and line of an agent, where that is known */
  readonly path?: string;
  /** `RULE[what]`, by which it is acknowledged */
  readonly id: string;
  /** Of what was judged: another value is another finding */
  readonly hash: string;
}

/** Hexadecimal digits of a hash: 128 bits, so that no two values can be made that share one */
const DIGITS = 32;

export function findingId(rule: Rule, what: string): string {
  return `${rule.id}[${what}]`;
}

export function findingHash(rule: Rule, { what, evidence }: Pick<Violation, "evidence" | "what">): string {
  return digestOf([rule.id, what, evidence]);
}

/** Equal for equal JSON, in any order of its keys */
export function digestOf(value: Json): string {
  return createHash("sha256").update(JSON.stringify(value, sortedKeys)).digest("hex").slice(0, DIGITS);
}
