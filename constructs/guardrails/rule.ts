import type { Json, RegistryAgent, RegistryDocument } from "../../domain";
import type { Block } from "./block";
import type { StackJson } from "./stack";
import type { UndecidedValue } from "./value";
import type { ControlId } from "../../domain/standards";

/** How bad it is if what a rule refuses is deployed: every finding is refused, and the worst are told first. */
export type Severity = "critical" | "high" | "medium" | "low";

export const SEVERITIES = ["critical", "high", "medium", "low"] as const satisfies readonly Severity[];

/** What of a block, or of an agent, a rule refuses */
export interface Violation {
  /**
   * What tells it from other findings of the rule in one block, such as `Action::s3:*`. It stays as long as what is refused stays: it
   * holds no index of a list.
   */
  readonly what: string;
  /** Path of the attribute in which it stands, such as `policy.Statement[0].Action` */
  readonly at: string;
  /** The value that was judged: another one is another finding */
  readonly evidence: Json;
}

/** What a rule says of itself */
export interface RuleText {
  /** Stable: it never changes its meaning, and is never used again */
  readonly id: `AMBIT-${string}`;
  readonly severity: Severity;
  /** What it refuses, as a sentence without a full stop */
  readonly what: string;
  /** What an attacker gains by it, as a sentence without a full stop */
  readonly why: string;
  /** What to write instead, as an imperative without a full stop */
  readonly fix: string;
  /** Controls of standards that it contributes to */
  readonly standards: readonly ControlId[];
}

/** A rule about blocks of Terraform: a pure function of one block and of the stack around it */
export interface BlockRule extends RuleText {
  /**
   * Which blocks it looks at: types of resources such as `aws_iam_role`, `data.<type>`, `provider.<name>`, `output`,
   * `module`, `variable`, `backend.<type>`, `terraform`; a pattern is tested against the same.
   */
  readonly looksAt: readonly (string | RegExp)[];
  /**
   * Whether the rule has something to look at in a block: where it says no, `check` finds nothing. It is asked once for all rules that
   * have the same function, and says yes by throwing.
   *
   * @default - each block that `looksAt` names
   */
  readonly isAbout?: (block: Block, stack: StackJson) => boolean;
  /**
   * Whether it looks at all stacks of an app together: a synth asks it once the last of them is rendered.
   *
   * @default false
   */
  readonly isAcrossStacks?: boolean;
  /** What it refuses, and what it cannot decide: beside the rest, or by throwing it */
  check(block: Block, stack: StackJson): Iterable<Violation | UndecidedValue>;
}

/** A rule about agents: a pure function of one agent of the registry, and of the registry around it */
export interface AgentRule extends RuleText {
  checkAgent(agent: RegistryAgent, registry: RegistryDocument): Iterable<Violation>;
}

export type Rule = BlockRule | AgentRule;

export function isBlockRule(rule: Rule): rule is BlockRule {
  return "looksAt" in rule;
}

/** Whether a rule with these types looks at a type */
export function isLookedAt(looksAt: BlockRule["looksAt"], type: string): boolean {
  return looksAt.some((wanted) => (typeof wanted === "string" ? wanted === type : wanted.test(type)));
}
