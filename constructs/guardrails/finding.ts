import { createHash } from "node:crypto";
import type { Json } from "../../domain/json";
import { concealed } from "./private/concealed";
import { normal } from "./private/normal";
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
  /** Other places of the same block with the same finding */
  readonly alsoAt: readonly string[];
  /** Of what was judged and what it rests on: another value is another finding. It is worked out when it is read. */
  readonly hash: string;
}

/** Hexadecimal digits of a hash: 128 bits, so that no two values can be made that share one */
const DIGITS = 32;

export function findingId(rule: Rule, what: string): string {
  return `${rule.id}[${what}]`;
}

/**
 * @param evidence of all places with the finding, in any order
 * @param basis digest of what it rests on, which names its block or agent: an acknowledgement is for one alone
 */
export function findingHash(
  rule: Rule,
  { what, evidence }: { readonly what: string; readonly evidence: readonly Json[] },
  basis: string,
): string {
  return digestOf([rule.id, what, [...new Set(evidence.map(digestOfEvidence))].sort(), basis]);
}

function digestOfEvidence(evidence: Json): string {
  return digestOf(normal(evidence, "", { hasImages: false, isKubernetes: false, isText: true }));
}

/** Equal for equal JSON, in any order of its keys. A secret in it cannot be found by trying many in a short time. */
export function digestOf(value: Json): string {
  return createHash("sha256").update(concealed(value)).digest("hex").slice(0, DIGITS);
}
