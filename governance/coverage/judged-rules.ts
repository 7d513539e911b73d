import { judgeAgents, joined, judgeStack } from "../../constructs/guardrails/judge";
import { isBlockRule, isLookedAt, type Rule } from "../../constructs/guardrails/rule";
import type { Finding } from "../../constructs/guardrails/finding";
import type { AcknowledgedFor, RuleFound } from "./coverage";
import type { Output } from "./output";

/** What the guardrails say of an output */
export function judgedRules(output: Output, rules: readonly Rule[]): readonly RuleFound[] {
  const options = { rules, now: new Date(`${output.day}T00:00:00Z`) };
  const judgement = joined([
    ...output.stacks.map((stack) => judgeStack(stack, options)),
    judgeAgents(output.written, options),
  ]);
  const refused = new Map<string, string[]>();
  const acknowledged = new Map<string, AcknowledgedFor[]>();
  for (const finding of judgement.refused) put(refused, finding.rule.id, placed(finding));
  for (const { finding, acknowledgement } of judgement.acknowledged) {
    const { owner, expires } = acknowledgement;
    put(acknowledged, finding.rule.id, { finding: placed(finding), owner, expires });
  }
  const looked = lookedAt(output, rules);
  return rules.map(({ id, standards }) => ({
    id,
    standards,
    looked: looked.get(id) ?? 0,
    refused: refused.get(id) ?? [],
    acknowledged: acknowledged.get(id) ?? [],
  }));
}

function placed({ id, stack, address }: Finding): string {
  return `${id} at ${stack === "" ? address : `${stack}/${address}`}`;
}

function lookedAt(output: Output, rules: readonly Rule[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const stack of output.stacks) {
    for (const type of stack.types) {
      const blocks = stack.of(type).length;
      for (const rule of rules) {
        if (!isBlockRule(rule) || !isLookedAt(rule.looksAt, type)) continue;
        counts.set(rule.id, (counts.get(rule.id) ?? 0) + blocks);
      }
    }
  }
  for (const rule of rules) if (!isBlockRule(rule)) counts.set(rule.id, output.agents.length);
  return counts;
}

function put<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
