import type { Json, RegistryAgent, RegistryDocument } from "../../domain";
import { byText } from "../../domain/by-text";
import { type Acknowledgement, acknowledgementsIn } from "../../domain/acknowledgement";
import { outOfTime } from "./acknowledged";
import type { Block } from "./block";
import { digestOf, type Finding, findingHash, findingId } from "./finding";
import { besideUndecided } from "./private/beside-undecided";
import { caught } from "./private/caught";
import { mayBeAbout, type RuleGroup, rulesByType } from "./private/rule-groups";
import { type AgentRule, type BlockRule, isBlockRule, type Rule, SEVERITIES, type Violation } from "./rule";
import { surroundingsOf } from "./private/surroundings";
import { type StackJson, typeKey } from "./stack";

/** An acknowledgement, with what it acknowledges */
export interface AcknowledgedFinding {
  readonly finding: Finding;
  readonly acknowledgement: Acknowledgement;
}

/**
 * `ended`: its day came; `too-long`: it lies more than 366 days ahead; `changed`: what was judged is another value now; `unfounded`: there
 * is no such finding
 */
export type VoidBecause = "changed" | "ended" | "too-long" | "unfounded";

/** An acknowledgement that counts for nothing */
export interface VoidAcknowledgement {
  readonly stack: string;
  readonly address: string;
  readonly acknowledgement: Acknowledgement;
  readonly because: VoidBecause;
}

export interface Judgement {
  /** The worst first, then by place */
  readonly refused: readonly Finding[];
  readonly acknowledged: readonly AcknowledgedFinding[];
  /** Loud: each refuses too, until it is removed or written anew */
  readonly void: readonly VoidAcknowledgement[];
}

export interface JudgeOptions {
  readonly rules: readonly Rule[];
  /** From when on acknowledgements have ended */
  readonly now: Date;
}

/** Run the rules over a stack. It does not throw: a rule that does is a finding. */
export function judgeStack(stack: StackJson, { rules, now }: JudgeOptions): Judgement {
  const forType = rulesByType(rules.filter(isBlockRule));
  const judged: Judgement[] = [];
  for (const block of stack.blocks) {
    const findings = findingsIn(block, stack, forType(typeKey(block)));
    const acknowledgements = acknowledgementsIn(block.comment);
    if (findings.length === 0 && acknowledgements.length === 0) continue;
    judged.push(settled(findings, acknowledgements, { stack: stack.name, address: block.address }, now));
  }
  return joined(judged);
}

function findingsIn(block: Block, stack: StackJson, groups: readonly RuleGroup[]): readonly Finding[] {
  const findings: Finding[] = [];
  for (const { isAbout, rules } of groups) {
    if (!mayBeAbout(isAbout, block, stack)) continue;
    for (const rule of rules) {
      const violations = caught(
        rule,
        () => rule.check(block, stack),
        () => surroundingsOf(block, stack),
        (unknown) => besideUndecided(unknown, rule, block, stack),
      );
      if (violations.length > 0) findings.push(...findingsOf(rule, violations, block, stack));
    }
  }
  return findings;
}

/**
 * Run the rules over the agents of a registry.
 *
 * @param sourceOf where an agent is declared, such as `fleet/agents/triage.ts:12`
 */
export function judgeAgents(
  registry: RegistryDocument,
  { rules, now }: JudgeOptions,
  sourceOf: (agent: string) => string | undefined = () => undefined,
): Judgement {
  const about = rules.filter((rule): rule is AgentRule => !isBlockRule(rule));
  const judged: Judgement[] = [];
  for (const [name, agent] of Object.entries(registry.agents)) {
    const acknowledged = agent.acknowledged ?? [];
    const found: { readonly rule: Rule; readonly violation: Violation }[] = [];
    for (const rule of about) {
      const violations = caught(
        rule,
        () => rule.checkAgent(agent, registry),
        () => digestOf(withoutAcknowledged(agent)),
      );
      for (const violation of violations) found.push({ rule, violation });
    }
    if (found.length === 0 && acknowledged.length === 0) continue;
    // Where an agent is declared takes long to find out.
    const path = sourceOf(name);
    const place = { stack: "", address: `agent.${name}`, ...(path !== undefined && { path }) };
    const findings = found.map(({ rule, violation }) => finding(rule, violation, place));
    judged.push(settled(findings, acknowledged, place, now));
  }
  return joined(judged);
}

function withoutAcknowledged({ acknowledged: _, ...declared }: RegistryAgent): Json {
  return declared as unknown as Json;
}

export function joined(judgements: readonly Judgement[]): Judgement {
  return {
    refused: judgements.flatMap(({ refused }) => refused).sort(worstFirst),
    acknowledged: judgements.flatMap(({ acknowledged }) => acknowledged),
    void: judgements.flatMap((each) => each.void),
  };
}

function findingsOf(
  rule: BlockRule,
  violations: readonly Violation[],
  block: Block,
  stack: StackJson,
): Iterable<Finding> {
  const place = {
    stack: stack.name,
    address: block.address,
    ...(block.path !== undefined && { path: block.path }),
  };
  // The same in two statements is one finding.
  const found = new Map<string, Finding>();
  for (const violation of violations) {
    const each = finding(rule, violation, place);
    if (!found.has(each.id + each.hash)) found.set(each.id + each.hash, each);
  }
  return found.values();
}

function finding(rule: Rule, violation: Violation, place: Pick<Finding, "address" | "path" | "stack">): Finding {
  return { ...violation, rule, ...place, id: findingId(rule, violation.what), hash: findingHash(rule, violation) };
}

function settled(
  findings: readonly Finding[],
  acknowledgements: readonly Acknowledgement[],
  place: Pick<Finding, "address" | "stack">,
  now: Date,
): Judgement {
  if (acknowledgements.length === 0) return { refused: findings, acknowledged: [], void: [] };
  const refused = new Set(findings);
  const acknowledged: AcknowledgedFinding[] = [];
  const ended: VoidAcknowledgement[] = [];
  for (const acknowledgement of acknowledgements) {
    const { hash } = acknowledgement;
    const meant = findings.filter(({ id }) => id === acknowledgement.finding);
    const exact = meant.find((each) => each.hash === hash);
    const because =
      exact === undefined ? (meant.length === 0 ? "unfounded" : "changed") : outOfTime(acknowledgement, now);
    if (because !== undefined) ended.push({ ...place, acknowledgement, because });
    else if (exact !== undefined && refused.delete(exact)) acknowledged.push({ finding: exact, acknowledgement });
  }
  return { refused: [...refused], acknowledged, void: ended };
}

function worstFirst(one: Finding, other: Finding): number {
  return (
    SEVERITIES.indexOf(one.rule.severity) - SEVERITIES.indexOf(other.rule.severity) ||
    byText(one.rule.id, other.rule.id) ||
    byText(one.address, other.address) ||
    byText(one.at, other.at)
  );
}
