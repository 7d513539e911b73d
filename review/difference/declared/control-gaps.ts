import { brief, type Registry } from "../../reach/declared/registry";
import { own } from "../../../domain";
import type { RegistryApproval } from "../../../domain/registry/document";
import { actionOf, type Work } from "../../reach/declared/work";
import { type Gap, riseGap, replacementGap } from "./gap";
import { budgetGaps } from "./budget-gaps";
import { labelOf, intersection } from "../../reach/declared/side";

/** Controls of work: approvals, budgets, orders, and whether they are enforced. A new control is no gap. */
export function controlGaps(narrow: Work | undefined, wide: Work, { tools }: Registry): readonly Gap[] {
  if (narrow === undefined) return observeGaps(undefined, wide);
  if (narrow.task === wide.task) return [];
  const calls = intersection(narrow.actions, wide.actions);
  return [
    ...(calls.length === 0 ? [] : [...approvalGaps(narrow, wide, calls, tools), ...budgetGaps(narrow, wide, calls)]),
    ...orderGaps(narrow, wide, new Set(calls)),
    ...observeGaps(narrow, wide),
  ];
}

function approvalGaps(narrow: Work, wide: Work, calls: readonly string[], tools: Registry["tools"]): readonly Gap[] {
  const [call] = calls;
  const [was, is] = [narrow.task.approval, wide.task.approval];
  const [label, at] = [labelOf(wide), `${wide.at}.approval`];
  if (was === undefined) return [];
  if (is === undefined) {
    const what = `${label} may call ${brief(calls.map((one) => withImpact(one, tools)).join(", "))} without approval`;
    const otherwise = `approved by ${brief(was.group)}`;
    return [{ kind: "approval", what, otherwise, witness: `${call} in ${label} without a decision`, at }];
  }
  const group = brief(is.group);
  return [
    ...replacementGap(was.group, is.group, () => ({
      kind: "approval",
      what: `calls of ${label} are approved by ${group}`,
      witness: `${call} in ${label} with a decision of ${group}`,
      at: `${at}.group`,
    })),
    ...riseGap(peopleFor(is), peopleFor(was), () => ({
      kind: "approval",
      what: `calls of ${label} are approved by one person`,
      witness: `${call} in ${label} with a decision of one person`,
      at: `${at}.people`,
    })).map((gap): Gap => ({ ...gap, otherwise: "two" })),
    ...riseGap(was.decisionGoodForSeconds, is.decisionGoodForSeconds, () => ({
      kind: "approval",
      what: `a decision on ${label} is good for ${is.decisionGoodForSeconds} s`,
      witness: `${call} ${was.decisionGoodForSeconds + 1} s after the decision`,
      at: `${at}.decisionGoodForSeconds`,
    })),
    ...riseGap(was.requestOpenSeconds, is.requestOpenSeconds, () => ({
      kind: "approval",
      what: `a request of ${label} waits ${is.requestOpenSeconds} s for a decision`,
      witness: `a decision ${was.requestOpenSeconds + 1} s after ${call} was asked for`,
      at: `${at}.requestOpenSeconds`,
    })),
  ];
}

function peopleFor({ people }: RegistryApproval): number {
  return people ?? 1;
}

function withImpact(call: string, tools: Registry["tools"]): string {
  const { tool, action } = actionOf(call);
  return own(own(tools, tool)?.actions, action)?.impact === "high" ? `${call} (high impact)` : call;
}

function orderGaps(narrow: Work, wide: Work, calls: ReadonlySet<string>): readonly Gap[] {
  const label = labelOf(wide);
  const kept = { run: firstsOf(wide, ["run"]), session: firstsOf(wide, ["run", "session"]) };
  return narrow.task.orders.flatMap(({ first, then, within }) =>
    then
      .filter((call) => calls.has(call))
      .flatMap((call) => {
        const missing = [...new Set(first)].filter((before) => !(kept[within].get(call)?.has(before) ?? false));
        if (missing.length === 0) return [];
        return [
          {
            kind: "enforcement" as const,
            what: `${label} may call ${call} without ${brief(missing.join(", "))} earlier in the ${within}`,
            witness: `${call} as the first call of a ${within} in ${label}`,
            at: `${wide.at}.orders`,
          },
        ];
      }),
  );
}

/** Calls that must precede each call. A run is within one session, so a call earlier in the run is earlier in the session. */
function firstsOf({ task }: Work, places: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const firsts = new Map<string, Set<string>>();
  for (const { first, then } of task.orders.filter(({ within }) => places.includes(within))) {
    for (const call of then) {
      const known = firsts.get(call) ?? new Set();
      for (const before of first) known.add(before);
      firsts.set(call, known);
    }
  }
  return firsts;
}

function observeGaps(narrow: Work | undefined, wide: Work): readonly Gap[] {
  const [was, is] = [narrow?.task.observe, wide.task.observe];
  if (is === undefined || (was !== undefined && was.until >= is.until)) return [];
  return [
    {
      kind: "enforcement",
      what: `budgets, orders and intent of ${labelOf(wide)} are only noted until ${is.until}`,
      ...(narrow !== undefined && { otherwise: was === undefined ? "enforced" : `until ${was.until}` }),
      witness: `a call of ${labelOf(wide)} beyond a budget${was === undefined ? "" : ` at ${was.until}`}`,
      at: `${wide.at}.observe`,
    },
  ];
}
