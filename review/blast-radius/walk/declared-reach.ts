import { type AccessKind, own } from "../../../domain";
import { isReading } from "../../../domain/dataset";
import type { Registry, RegistryBudget, RegistryDataset, RegistryTask } from "../../reach/declared/registry";
import { accessOf, actionOf, partsOf, type Reach, reachOfAgent, type Work } from "../../reach/declared/work";
import type { WayRenewal } from "../../reach/aws/chain/way-sessions";
import { handOnLifetime, agentLifetimes, sessionLifetimes } from "../lifetimes";
import type { Gate, ReachedThing, ReachedIdentity, Step } from "../blast-radius";

/** The declared work of an agent and its delegates */
export interface DeclaredReach {
  readonly reached: readonly ReachedThing[];
  readonly identities: readonly ReachedIdentity[];
  readonly isWhole: boolean;
}

/** @param renewals of its tasks whose AWS sessions are renewed without end */
export function declaredReach(
  registry: Registry,
  agent: string,
  renewals: ReadonlyMap<string, WayRenewal>,
): DeclaredReach {
  return performed(registry, reachOfAgent(registry, agent), renewals);
}

/** The work of one task and its delegates, for a principal that starts it at will */
export function declaredWork(registry: Registry, agent: string, task: string): DeclaredReach {
  const { works, isWhole } = reachOfAgent(registry, agent);
  const own = [...works].filter(([, { start }]) => start === task).map(([key, work]) => [key, atWill(work)] as const);
  return performed(registry, { works: new Map(own), isWhole }, new Map());
}

/** It needs no start by others. */
function atWill(work: Work): Work {
  return work.chain.length > 0 ? work : { ...work, task: { ...work.task, startedBy: ["agent"] } };
}

function performed(
  registry: Registry,
  { works, isWhole }: Reach,
  renewals: ReadonlyMap<string, WayRenewal>,
): DeclaredReach {
  const all = [...works.values()].map((work) => ({ work, by: work.by, route: routeOf(work) }));
  return {
    reached: all.flatMap((one) => [...actions(registry, one), ...data(registry, one, renewals)]),
    identities: all.flatMap(({ work: { chain }, by, route }) =>
      chain.length === 0
        ? []
        : [{ name: by, kind: "agent" as const, how: "works for it" as const, hop: chain.length, route }],
    ),
    isWhole,
  };
}

interface Performed {
  readonly work: Work;
  /** Agent that owns the task */
  readonly by: string;
  readonly route: readonly Step[];
}

function routeOf({ start, chain }: Work): readonly Step[] {
  return chain.map((target, at) => ({
    how: "delegation",
    to: partsOf(target)[0],
    what: `${chain[at - 1] ?? start} → ${target}`,
  }));
}

type Ways = Pick<ReachedThing, "by" | "as" | "hop" | "route" | "source">;

function waysOf({ work, by, route }: Performed): Ways {
  return { by, as: work.as, hop: route.length, route, source: { address: `registry/${work.at}` } };
}

function actions(registry: Registry, performed: Performed): readonly ReachedThing[] {
  const { task, actions: names } = performed.work;
  const lasting = lastingIn(registry, performed, "tools");
  return [...names].map((name) => {
    const { tool, action } = actionOf(name);
    const declared = own(own(registry.tools, tool)?.actions, action);
    return {
      kind: "action",
      target: tool,
      does: action,
      ...waysOf(performed),
      gate: gateOf(task, name),
      bounds: boundsOf(performed.work, name),
      // An undeclared action may be anything.
      isHigh: declared?.impact !== "low",
      isOutward: declared?.outward ?? true,
      writes: declared?.writes ?? true,
      lasting,
      ...(declared === undefined && { unknown: "the registry has no such action" }),
    };
  });
}

function data(
  registry: Registry,
  performed: Performed,
  renewals: ReadonlyMap<string, WayRenewal>,
): readonly ReachedThing[] {
  const { task, data: names } = performed.work;
  return [...names].flatMap((name): readonly ReachedThing[] => {
    const { dataset, kind } = accessOf(name);
    const declared = own(registry.datasets, dataset);
    const isOfAws = declared !== undefined && declared.kind !== "external";
    if (isOfAws && !survives(performed.work, declared, kind)) return [];
    const common = {
      kind: "data",
      target: dataset,
      does: kind,
      ...waysOf(performed),
      // Approvals are asked at tool calls, which guard external data; AWS asks for none.
      gate: isOfAws ? "none" : gateOf(task, undefined),
      bounds: boundsOf(performed.work, undefined, { isOfAws }),
      ...(declared !== undefined && { sensitivity: declared.sensitivity }),
      isHigh: false,
      isOutward: false,
      writes: !isReading(kind),
    } as const;
    const certainty = declared === undefined ? { unknown: "the registry has no such dataset" } : {};
    const renewal = isOfAws && performed.route.length === 0 ? renewals.get(performed.work.start) : undefined;
    const lasting = lastingIn(registry, performed, isOfAws ? "aws" : "tools");
    const lasts = sessionLifetimes(certainty, { lasting }, renewal);
    return lasts.map((one): ReachedThing => ({ ...common, ...one }));
  });
}

/**
 * Along a chain, AWS opens no data more sensitive than every edge allows.
 *
 * The exchange then refuses the whole task; here the rest still counts as reached, so that more rights never reach less.
 */
function survives({ carries }: Work, { kind: of, sensitivity }: RegistryDataset, kind: AccessKind): boolean {
  const reveals = of === "table" || isReading(kind);
  return carries === undefined || !reveals || carries.covers(sensitivity);
}

function lastingIn(registry: Registry, { by, route }: Performed, path: "tools" | "aws"): ReachedThing["lasting"] {
  const lasting = agentLifetimes(own(registry.agents, by)?.credentials ?? "roles-anywhere")[path];
  return route.length === 0 ? lasting : handOnLifetime(lasting);
}

/** The gate of a tool call. A task that only observes lets calls past its budgets. */
function gateOf(task: RegistryTask, action: string | undefined): Gate {
  if (task.approval !== undefined) return "approval";
  if (task.observe !== undefined) return "none";
  return task.budgets.some((budget) => covers(budget, action)) ? "budget" : "none";
}

interface BoundsOptions {
  /** AWS asks neither approvals nor budgets. */
  readonly isOfAws?: boolean;
}

/** All bounds of one action of a task, or of its data if no action is given */
function boundsOf(
  { task, ttlSeconds }: Work,
  action: string | undefined,
  { isOfAws = false }: BoundsOptions = {},
): readonly string[] {
  return [
    ...startBounds(task),
    `at most ${ttlSeconds} s a run`,
    ...(isOfAws ? [] : callBounds(task, action)),
    ...(task.observe === undefined || isOfAws ? [] : [`budgets and order are only noted until ${task.observe.until}`]),
  ];
}

/** A task that the agent cannot start itself waits for its starter. */
function startBounds({ startedBy }: RegistryTask): readonly string[] {
  const others = startedBy.filter((one) => one !== "delegation");
  if (others.length === 0 || others.includes("agent")) return [];
  return [`only in runs that ${others.map((one) => `a${one === "event" ? "n" : ""} ${one}`).join(" or ")} starts`];
}

function callBounds(task: RegistryTask, action: string | undefined): readonly string[] {
  return [
    ...(task.approval === undefined ? [] : [`${task.approval.group} approves each call`]),
    ...task.budgets.filter((budget) => covers(budget, action)).map(budgetText),
    ...task.orders
      .filter(({ then }) => action !== undefined && then.includes(action))
      .map(({ first, within }) => `after ${first.join(" or ")} in the same ${within}`),
  ];
}

/** Only a budget of all actions bounds external data: the declaration does not say which action opens it. */
function covers({ actions }: RegistryBudget, action: string | undefined): boolean {
  return actions === undefined || (action !== undefined && actions.includes(action));
}

function budgetText({ limit, period, sumOf, counts }: RegistryBudget): string {
  const of = counts === undefined ? "" : ` ${counts}`;
  return `at most ${limit}${sumOf === undefined ? of : ` of ${sumOf}`} per ${period}`;
}
