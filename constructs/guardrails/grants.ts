import type { Statement } from "../../iam";
import type { Json } from "../../domain";
import type { Block } from "./block";
import { type PolicyKind, readablePoliciesOf, type WrittenPolicy } from "./policies";
import type { StackJson } from "./stack";
import { oncePer } from "./private/once-per";

export { covers, isOfService, matches } from "./action-patterns";

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
export function grantsOf(block: Block, stack: StackJson, ...kinds: readonly PolicyKind[]): readonly Grant[] {
  return grantsOfAll(readablePoliciesOf(block, stack)).filter(({ kind }) => kinds.includes(kind));
}

/** Each rule about policies asks. */
const grantsOfAll = oncePer((policies: readonly WrittenPolicy[]) => policies.flatMap(grantsIn));

function grantsIn({ kind, at, statements }: WrittenPolicy): readonly Grant[] {
  return statements.flatMap((statement, index) =>
    statement.Effect === "Allow"
      ? [{ kind, at: `${at}.Statement[${index}]`, statement, evidence: statement as unknown as Json }]
      : [],
  );
}
