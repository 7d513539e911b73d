import { own, type Start, STARTS } from "../../../domain";
import { byText } from "../../../domain/by-text";
import { placesOf } from "../../../domain/serve-paths";
import type { Registry, RegistryAgent, RegistryWay } from "./registry";

/** A caller outside an agent that may start one of its tasks */
export interface Caller {
  readonly start: Exclude<Start, "agent">;
  /** `<agent>.<task>` of those that delegate to it, sorted; for `delegation` alone */
  readonly from: readonly string[];
}

/** Callers that may start a task, and so call the agent if a way in serves it. Empty if the agent is not declared. */
export function callersOf(registry: Registry, agent: string, task: string): readonly Caller[] {
  const starts = own(own(registry.agents, agent)?.tasks, task)?.startedBy ?? [];
  return STARTS.filter((start) => start !== "agent")
    .filter((start) => starts.includes(start))
    .map((start) => ({ start, from: start === "delegation" ? delegatorsOf(registry, `${agent}.${task}`) : [] }));
}

/** Ways in that serve a task */
export function waysTo({ serves = {} }: RegistryAgent, task: string): readonly RegistryWay[] {
  return Object.values(serves).filter(({ tasks }) => tasks.includes(task));
}

/** Callers of an agent by any way in, each start once */
export function allCallers(registry: Registry, agent: string): readonly Caller[] {
  const ways = Object.values(own(registry.agents, agent)?.serves ?? {});
  const served = [...new Set(ways.flatMap(({ tasks }) => tasks))].flatMap((task) => callersOf(registry, agent, task));
  return STARTS.flatMap((start) => {
    const some = served.filter((caller) => caller.start === start);
    const [first] = some;
    if (first === undefined) return [];
    return [{ start: first.start, from: [...new Set(some.flatMap(({ from }) => from))].sort(byText) }];
  });
}

function delegatorsOf({ agents }: Registry, target: string): readonly string[] {
  return Object.entries(agents)
    .flatMap(([agent, { tasks }]) =>
      Object.entries(tasks)
        .filter(([, { delegates }]) => own(delegates, target) !== undefined)
        .map(([task]) => `${agent}.${task}`),
    )
    .sort(byText);
}

/** Such as `/chat and all below /threads/` */
export function placesText(way: Pick<RegistryWay, "bindings" | "kind" | "paths">): string {
  return placesOf(way).map(placeText).join(" and ");
}

export function placeText({ path, isWhole }: ReturnType<typeof placesOf>[number]): string {
  if (isWhole) return path;
  return path === "/" ? "every path" : `all below ${path}`;
}

interface Starter {
  readonly who: string;
  /** The evidence that starts a task, `<agent>.<task>` */
  readonly shows: (target: string) => string;
}

export const STARTERS: Readonly<Record<Start, Starter>> = {
  user: { who: "a user", shows: (target) => `a user's token for ${target}` },
  schedule: { who: "a schedule", shows: (target) => `a start token of a schedule for ${target}` },
  event: { who: "an event", shows: (target) => `a start token of an event for ${target}` },
  delegation: {
    who: "a task that hands work on",
    shows: (target) => `a token of a task that hands work to ${target}`,
  },
  agent: { who: "the agent itself", shows: (target) => `the agent asks for ${target} with nothing but its SVID` },
};
