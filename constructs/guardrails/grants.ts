import { type Statement, valuesOf } from "../../iam";
import type { Json } from "../../domain";
import type { Block } from "./block";
import { type PolicyKind, readablePoliciesOf } from "./policies";
import type { StackJson } from "./stack";

/** An Allow of a policy, and where it stands */
export interface Grant {
  readonly kind: PolicyKind;
  /** Such as `policy.Statement[0]` */
  readonly at: string;
  readonly statement: Statement;
  /** The statement as it was judged: a wider one is another finding */
  readonly evidence: Json;
}

/** What the policies of a block allow, those of some kinds */
export function* grantsOf(block: Block, stack: StackJson, ...kinds: readonly PolicyKind[]): Generator<Grant> {
  for (const { kind, at, statements } of readablePoliciesOf(block, stack)) {
    if (!kinds.includes(kind)) continue;
    for (const [index, statement] of statements.entries()) {
      if (statement.Effect !== "Allow") continue;
      yield { kind, at: `${at}.Statement[${index}]`, statement, evidence: statement as unknown as Json };
    }
  }
}

/** Whether a statement is about an action, by name, by wildcard or by naming others alone */
export function covers({ Action, NotAction }: Statement, action: string): boolean {
  if (NotAction !== undefined) return !valuesOf(NotAction).some((pattern) => matches(pattern, action));
  return valuesOf(Action).some((pattern) => matches(pattern, action));
}

/** Whether IAM's pattern, of an action or an ARN, stands for a text. Case counts for nothing. */
export function matches(pattern: string, text: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern.toLowerCase() === text.toLowerCase();
  const wildcard = pattern.search(/[*?]/);
  // Most patterns begin otherwise, and compiling one costs more than this.
  if (pattern.slice(0, wildcard).toLowerCase() !== text.slice(0, wildcard).toLowerCase()) return false;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${source}$`, "is").test(text);
}

/** The resources of a statement that stand for everything of this kind, such as `role`; `NotResource` does too */
export function everyOf({ Resource, NotResource }: Statement, sample: string): readonly string[] {
  if (NotResource !== undefined) return ["NotResource"];
  return valuesOf(Resource).filter((pattern) => matches(pattern, sample));
}
