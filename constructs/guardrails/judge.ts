import type { Json, RegistryAgent, RegistryDocument } from "../../domain";
import { byText } from "../../domain/by-text";
import type { Acknowledgement } from "../../domain/acknowledgement";
import { acknowledgementsOf, type WrittenAcknowledgements, writtenIn } from "../../domain/written-acknowledgements";
import { outOfTime } from "./acknowledged";
import type { Block } from "./block";
import { digestOf, type Finding } from "./finding";
import { agentBasisOf } from "./private/agent-basis";
import { besideUndecided, type Told } from "./private/beside-undecided";
import { caught } from "./private/caught";
import { findingsOf } from "./private/findings";
import { mayBeAbout, type RuleGroup, rulesByType } from "./private/rule-groups";
import { type AgentRule, type BlockRule, isBlockRule, type Rule, SEVERITIES, type Violation } from "./rule";
import { basisOf, surroundingsOf } from "./private/surroundings";
import { type StackJson, typeKey } from "./stack";
import type { UndecidedValue } from "./value";

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

/** What is written as an acknowledgement, and is none */
export interface MalformedAcknowledgement {
  readonly stack: string;
  readonly address: string;
  /** As it is written; empty where none is */
  readonly hash: string;
  /** What is wrong and what to write instead, as a sentence without a full stop */
  readonly why: string;
}

export interface Judgement {
  /** The worst first, then by place */
  readonly refused: readonly Finding[];
  readonly acknowledged: readonly AcknowledgedFinding[];
  /** Loud: each refuses too, until it is removed or written anew */
  readonly void: readonly VoidAcknowledgement[];
  /** Loud too: each refuses until it is written as `acknowledge` takes it */
  readonly malformed: readonly MalformedAcknowledgement[];
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
    const written = writtenIn(block.comment);
    if (findings.length === 0 && isEmpty(written)) continue;
    judged.push(settled(findings, written, { stack: stack.name, address: block.address }, now));
  }
  return joined(judged);
}

function findingsIn(block: Block, stack: StackJson, groups: readonly RuleGroup[]): readonly Finding[] {
  const found: (readonly [Rule, readonly Violation[]])[] = [];
  const check = (rule: BlockRule): Iterable<Told> => rule.check(block, stack);
  const surroundings = once(() => surroundingsOf(block, stack));
  const beside = (unknown: UndecidedValue, rule: BlockRule): readonly Told[] =>
    besideUndecided(unknown, rule, block, stack);
  for (const { isAbout, rules } of groups) {
    if (!mayBeAbout(isAbout, block, stack)) continue;
    for (const rule of rules) {
      const violations = caught(rule, check, surroundings, beside);
      if (violations.length > 0) found.push([rule, violations]);
    }
  }
  if (found.length === 0) return NONE;
  const { address, path } = block;
  const basis = once(() => basisOf(block, stack));
  const place = { stack: stack.name, address, ...(path !== undefined && { path }), basis };
  return found.flatMap(([rule, violations]) => findingsOf(rule, violations, place));
}

const NONE: readonly Finding[] = [];

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
    const written = acknowledgementsOf((agent.acknowledged ?? []).map((each) => [each.hash, each]));
    const found: (readonly [Rule, readonly Violation[]])[] = [];
    const check = (rule: AgentRule): Iterable<Violation> => rule.checkAgent(agent, registry);
    const surroundings = (): Json => digestOf(withoutAcknowledged(agent));
    for (const rule of about) {
      const violations = caught(rule, check, surroundings);
      if (violations.length > 0) found.push([rule, violations]);
    }
    if (found.length === 0 && isEmpty(written)) continue;
    // Where an agent is declared takes long to find out.
    const path = sourceOf(name);
    const basis = once(() => agentBasisOf(name, registry));
    const place = { stack: "", address: `agent.${name}`, ...(path !== undefined && { path }), basis };
    const findings = found.flatMap(([rule, violations]) => findingsOf(rule, violations, place));
    judged.push(settled(findings, written, { stack: "", address: place.address }, now));
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
    malformed: judgements.flatMap(({ malformed }) => malformed),
  };
}

/** Many findings of one block rest on the same, and most are never asked for their hash. */
function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => (known ??= { value: compute() }).value;
}

function isEmpty({ wellFormed, malformed }: WrittenAcknowledgements): boolean {
  return wellFormed.length + malformed.length === 0;
}

function settled(
  findings: readonly Finding[],
  written: WrittenAcknowledgements,
  place: Pick<Finding, "address" | "stack">,
  now: Date,
): Judgement {
  if (isEmpty(written)) return { refused: findings, acknowledged: [], void: [], malformed: [] };
  const refused = new Set(findings);
  const acknowledged: AcknowledgedFinding[] = [];
  const ended: VoidAcknowledgement[] = [];
  for (const acknowledgement of written.wellFormed) {
    const { hash } = acknowledgement;
    const meant = findings.find(({ id }) => id === acknowledgement.finding);
    const because =
      meant?.hash === hash ? outOfTime(acknowledgement, now) : meant === undefined ? "unfounded" : "changed";
    if (because !== undefined) ended.push({ ...place, acknowledgement, because });
    else if (meant !== undefined && refused.delete(meant)) acknowledged.push({ finding: meant, acknowledgement });
  }
  const malformed = written.malformed.map((each) => ({ ...place, ...each }));
  return { refused: [...refused], acknowledged, void: ended, malformed };
}

function worstFirst(one: Finding, other: Finding): number {
  return (
    SEVERITIES.indexOf(one.rule.severity) - SEVERITIES.indexOf(other.rule.severity) ||
    byText(one.rule.id, other.rule.id) ||
    byText(one.address, other.address) ||
    byText(one.at, other.at)
  );
}
