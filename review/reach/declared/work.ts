import { type AccessKind, type Allowed, Ceiling, own, type Sensitivity, Ttl } from "../../../domain";
import { accessesOf, callsOf } from "../../../domain/registry/entries";
import { ceilingOver, goesOn } from "../../../domain/rules/ceiling";
import { type Registry, type RegistryEdge, type RegistryTask, taskAt } from "./registry";

/** Work of an agent in one of its tasks, its own or a delegate's */
export interface Work {
  /** Task of the agent that starts it */
  readonly start: string;
  /** `<agent>.<task>` at each hop; empty for the agent's own work */
  readonly chain: readonly string[];
  /** Agent and task whose rights are used */
  readonly by: string;
  readonly as: string;
  /** Path of that task in the registry */
  readonly at: string;
  readonly task: RegistryTask;
  /** `<tool>.<action>` */
  readonly actions: ReadonlySet<string>;
  /** `<dataset>:<kind>` */
  readonly data: ReadonlySet<string>;
  readonly ttlSeconds: number;
  /** Highest sensitivity that may be handed on along the chain; undefined for the agent's own work */
  readonly carries: Sensitivity | undefined;
}

/** By start and chain: an equal key is the same work in another registry */
export type Works = ReadonlyMap<string, Work>;

export interface Reach {
  readonly works: Works;
  /** False if there are more chains than are followed */
  readonly isWhole: boolean;
}

/** Hops of all chains of one agent, with the entries of the tasks at their ends: honest fleets stay far below. */
const MOST_STEPS = 20_000;

/** All work of an agent and its delegates. A chain ends at a repeated task, and where no agent accepts the work. */
export function reachOfAgent(registry: Registry, agent: string): Reach {
  const works = new Map<string, Work>();
  let steps = 0;
  const tasks = Object.entries(own(registry.agents, agent)?.tasks ?? {});
  const open: Step[] = tasks.map(([start, task]) => ({ start, task, chain: [], ceiling: undefined }));
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    if (step.chain.length > 0) steps += step.chain.length + sizeOf(step.task);
    if (steps > MOST_STEPS) return { works, isWhole: false };
    works.set([step.start, ...step.chain].join(" → "), workOf(agent, step));
    for (const [target, edge] of Object.entries(step.task.delegates)) {
      const next = follow(registry, agent, step, target, edge);
      if (next !== undefined) open.push(next);
    }
  }
  return { works, isWhole: true };
}

interface Step {
  readonly start: string;
  readonly task: RegistryTask;
  readonly chain: readonly string[];
  readonly ceiling: Ceiling | undefined;
}

function sizeOf({ tools, data, budgets, orders }: RegistryTask): number {
  const named = [
    ...Object.values(tools),
    ...Object.values(data),
    ...orders.flatMap(({ first, then }) => [first, then]),
  ];
  return named.reduce((sum, names) => sum + names.length, budgets.length);
}

function follow(registry: Registry, agent: string, step: Step, target: string, edge: RegistryEdge): Step | undefined {
  const task = taskAt(registry, target);
  const [delegate] = partsOf(target);
  if (!task?.startedBy.includes("delegation") || own(registry.agents, delegate)?.state !== "active") return undefined;
  if (step.chain.includes(target) || target === `${agent}.${step.start}`) return undefined;
  if (!goesOn(step.ceiling, edge)) return undefined;
  const ceiling = ceilingOver(step.ceiling, ceilingOf(edge));
  return { start: step.start, task, chain: [...step.chain, target], ceiling };
}

function ceilingOf({ actions, data, sensitivity, ttlSeconds, depth }: RegistryEdge): Ceiling {
  return new Ceiling({
    actions: allowed(actions),
    data: allowed(data),
    sensitivity,
    ttl: Ttl.seconds(ttlSeconds),
    depth,
  });
}

function allowed(names: "any" | readonly string[]): Allowed {
  return names === "any" ? "any" : new Set(names);
}

function workOf(agent: string, { start, task, chain, ceiling }: Step): Work {
  const [by, as] = partsOf(chain.at(-1) ?? `${agent}.${start}`);
  return {
    start,
    chain,
    by,
    as,
    at: `agents.${by}.tasks.${as}`,
    task,
    actions: new Set(callsOf(task).filter((action) => ceiling?.allowsAction(action) ?? true)),
    data: new Set(accessesOf(task.data).filter((key) => ceiling?.allowsData(key) ?? true)),
    ttlSeconds: Math.min(task.ttlSeconds, ceiling?.ttl.seconds ?? Infinity),
    carries: ceiling?.sensitivity,
  };
}

/** Path of a task in the registry, by `<agent>.<task>` */
export function placeOf(target: string): string {
  const [agent, task] = partsOf(target);
  return `agents.${agent}.tasks.${task}`;
}

/** Agent and task of `<agent>.<task>`: neither name holds a dot. */
export function partsOf(target: string): readonly [agent: string, task: string] {
  const [agent = "", task = ""] = target.split(".");
  return [agent, task];
}

/** A tool or dataset, and the action on it */
export function actionOf(name: string): { readonly tool: string; readonly action: string } {
  const [tool = "", action = ""] = name.split(".");
  return { tool, action };
}

export function accessOf(name: string): { readonly dataset: string; readonly kind: AccessKind } {
  const [dataset = "", kind] = name.split(":");
  return { dataset, kind: kind as AccessKind };
}
