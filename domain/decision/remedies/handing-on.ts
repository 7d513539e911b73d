import { delegateCall, delegateIn, delegateTool } from "../../handing-on";
import { LIMITS } from "../../limits";
import { own } from "../../own";
import { type PolicyEdge, withHandedTask } from "../policy-document";
import type { Explanation, Situation } from "./change";
import { openEdge } from "./edge";
import { withNames, withOwnTask } from "./edit";
import type { Facts } from "./facts";
import { unnameable } from "./naming";
import { otherTask } from "./task";
import { className, listed } from "./wording";

/** An agent's name, where a call hands work on to it; undefined for a call of a tool */
export function delegateOf(facts: Facts): string | undefined {
  return delegateIn(facts.input.call?.tool ?? "");
}

/** Work is handed on over declared edges alone. */
export function edgeIsMissing(facts: Facts, delegate: string): Explanation {
  const { input, name, task, policy } = facts;
  const { action: handed = "" } = input.call ?? {};
  const target = `${delegate}.${handed}`;
  const what = `no edge leads from ${name} to ${target} (${listed(Object.keys(task?.delegates ?? {}))})`;
  const about = { agent: input.agent.name, task: input.task };
  const instead = otherTask(facts);
  if (instead !== undefined) return { what, about, changes: [instead] };
  const hopeless = unnameable("agent", delegate) ?? unnameable("task", handed);
  if (hopeless !== undefined) return { what, about, changes: [], hopeless };
  const found = Object.values(policy.agents).find((agent) => agent.name === delegate);
  const accepts = Object.hasOwn(own(found?.tasks, handed)?.startedBy ?? {}, "delegation");
  const caution = `the declaration rules refuse this while ${target} may not be started by delegation`;
  return {
    what,
    about,
    changes: [
      {
        kind: "declaration",
        text: `add ${className(delegate)}.task(${JSON.stringify(handed)}) to delegates of task "${input.task}"`,
        about,
        ...(accepts ? {} : { caution }),
        apply: (situation) =>
          withEdgeTo(
            situation,
            delegate,
            handed,
            openEdge(own(found?.tasks, handed), LIMITS.delegationDepth.default, facts),
          ),
      },
    ],
  };
}

/** An edge as synth writes it for a declaration that names only the task (domain/decision/policy-document.ts) */
function withEdgeTo(situation: Situation, delegate: string, handed: string, edge: PolicyEdge): Situation {
  const target = `${delegate}.${handed}`;
  const { tools } = situation.policy;
  const name = delegateTool(delegate);
  const tool = withHandedTask(own(tools, name), name, handed);
  const offered = { ...situation, policy: { ...situation.policy, tools: { ...tools, [name]: tool } } };
  return withOwnTask(offered, (task) => ({
    ...task,
    actions: withNames(task.actions, [delegateCall(target)]),
    delegates: { [target]: edge, ...task.delegates },
  }));
}
