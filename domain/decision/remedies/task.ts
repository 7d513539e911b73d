import { own } from "../../own";
import { RUN_AUDIENCE } from "../contract";
import type { PolicyTask } from "../policy-document";
import type { Change, Explanation } from "./change";
import { withRequest, withTask } from "./edit";
import { type Facts, lacking } from "./facts";
import { unnameable } from "./naming";
import { listed } from "./wording";

/** Default of a declaration (domain/limits.ts) */
const TTL_SECONDS = 900;

export function taskIsUndeclared(facts: Facts): Explanation {
  const { agent, input } = facts;
  const name = agent?.name ?? input.agent.name;
  const explained = {
    what: `${name} declares no task ${input.task} (${listed(Object.keys(agent?.tasks ?? {}))})`,
    about: { agent: name },
  };
  const instead = otherTask(facts);
  if (instead !== undefined) return { ...explained, changes: [instead] };
  const hopeless = unnameable("task", input.task);
  if (hopeless !== undefined) return { ...explained, changes: [], hopeless };
  return { ...explained, changes: [declaredTask(name, input.task)] };
}

/** The agent's own task that grants the request, so that nothing must be declared. Undefined if there is none. */
export function otherTask(facts: Facts): Change | undefined {
  const { agent, input } = facts;
  const fitting = Object.keys(agent?.tasks ?? {})
    .sort()
    .find((name) => name !== input.task && grants(facts, name));
  if (fitting === undefined) return undefined;
  return {
    kind: "request",
    text: `do it in task "${fitting}", which grants it: ask for a token for that task`,
    ...(hasBudgets(own(agent?.tasks, fitting)) && {
      caution: "what the budgets of that task have spent is taken as nothing",
    }),
    apply: (situation) => {
      const { policy } = situation;
      const task = own(own(policy.agents, situation.input.agent.spiffeId)?.tasks, fitting);
      const fresh = Object.keys(task?.budgets ?? {}).map((key) => [key, unspent(key)] as const);
      return withRequest(situation, {
        task: fitting,
        budgets: { ...Object.fromEntries(fresh), ...situation.input.budgets },
      });
    },
  };
}

/** An unspent budget. This call's share of a sum is unknown; a call counts as one. */
export function unspent(key: string): { readonly spent: number; readonly cost: number } {
  return { spent: 0, cost: key.split(":")[1] === "calls" ? 1 : 0 };
}

/** Whether the task may be started as the request was, and grants its audience, or its action with the data */
function grants({ agent, input, call, touched, edges }: Facts, name: string): boolean {
  const task = own(agent?.tasks, name);
  if (task === undefined || !Object.hasOwn(task.startedBy, input.start.by)) return false;
  const last = edges.at(-1);
  if (last !== undefined && !Object.hasOwn(last.task?.delegates ?? {}, `${input.agent.name}.${name}`)) return false;
  if (call === undefined) return grantsAudience(task, input.token.audience);
  return Object.hasOwn(task.actions, call) && lacking(task.data, touched).length === 0;
}

export function grantsAudience(task: PolicyTask, audience: string): boolean {
  if (audience === RUN_AUDIENCE) return true;
  if (audience === "exchange") return Object.keys(task.delegates).length > 0;
  if (audience === "aws") return task.aws !== null;
  return audience.startsWith("tool:") && Object.hasOwn(task.tools, audience.slice("tool:".length));
}

function hasBudgets(task: PolicyTask | undefined): boolean {
  return Object.keys(task?.budgets ?? {}).length > 0;
}

function declaredTask(agent: string, name: string): Change {
  return {
    kind: "declaration",
    text: `declare task "${name}" in tasks of ${agent}, with what starts it and what it may do`,
    about: { agent, task: name },
    apply: (situation) =>
      withTask(situation, situation.input.agent.spiffeId, name, (task) => task ?? emptyTask(situation.input.start.by)),
  };
}

export function emptyTask(startedBy: string): PolicyTask {
  return {
    startedBy: { [startedBy]: true },
    ttlSeconds: TTL_SECONDS,
    actions: {},
    tools: {},
    data: {},
    aws: null,
    delegates: {},
    approvalGroup: "",
    budgets: {},
    orders: [],
    observeUntil: 0,
  };
}
