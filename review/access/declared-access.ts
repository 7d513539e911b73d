import { own, Sensitivity, type SensitivityName, type Start } from "../../domain";
import type { StarterStart } from "../../domain/rules/starts";
import { byText } from "../../domain/by-text";
import { answersUntrusted } from "../../domain/registry/entries";
import { arrivesUntrusted } from "../../domain/rules/arrival";
import type { Side } from "../reach/declared/side";
import { type Caller, callersOf } from "../reach/declared/agent-callers";
import {
  featuresOf,
  type Registry,
  type RegistryAgent,
  type RegistryDataset,
  type RegistryTool,
  type RegistryWay,
} from "../reach/declared/registry";
import { accessOf, actionOf, type Work } from "../reach/declared/work";
import { groupBy } from "../group-by";

/** What the registry declares for one agent */
export interface DeclaredAccess extends Omit<RegistryAgent, "serves" | "tasks" | "workload"> {
  /** `<namespace>/<name>` */
  readonly serviceAccount: string;
  /** Work of its own and of its delegates, the most sensitive data first */
  readonly works: readonly DeclaredWork[];
  /** Who may call it, and where */
  readonly ways: readonly DeclaredWay[];
  /** Starters that are bound to tasks of this agent, by issuer; other starters start every task of their kind */
  readonly starters: readonly DeclaredStarter[];
}

export interface DeclaredStarter {
  readonly issuer: string;
  readonly starts: readonly StarterStart[];
  /** Aliases of its keys in KMS: a principal that may sign with one starts the tasks */
  readonly keys: readonly string[];
  /** Tasks of this agent */
  readonly tasks: readonly string[];
  /** Those of them that an event starts in a clean session */
  readonly clean: readonly string[];
}

/** A way in, with those who may call the agent by it */
export interface DeclaredWay extends Omit<RegistryWay, "clearance" | "sensitivity" | "tasks" | "untrusted"> {
  readonly name: string;
  /** Sensitivity that input from callers counts as */
  readonly sensitivity: SensitivityName;
  /** Highest sensitivity of data in an answer */
  readonly clearance: SensitivityName;
  readonly callers: readonly DeclaredCaller[];
}

export interface DeclaredCaller extends Caller {
  /** Task that it may start */
  readonly task: string;
  /** Its input taints the session. */
  readonly untrusted: boolean;
}

/** Work of an agent in one of its tasks, its own or a delegate's */
export interface DeclaredWork {
  readonly task: string;
  /** `<agent>.<task>` at each hop; empty for the agent's own work */
  readonly through: readonly string[];
  /** How it starts; for work of a delegate, `delegation` alone */
  readonly startedBy: readonly Start[];
  readonly ttlSeconds: number;
  /** Highest sensitivity of data that may be handed on along the way; null for the agent's own work */
  readonly carries: SensitivityName | null;
  readonly calls: readonly DeclaredCall[];
  readonly data: readonly DeclaredData[];
  /** Tasks that the task hands work to, and the bounds */
  readonly delegates: readonly DeclaredEdge[];
  /** Who decides on every call; null where no approval is needed */
  readonly approval: NonNullable<Work["task"]["approval"]> | null;
  readonly budgets: Work["task"]["budgets"];
  readonly orders: Work["task"]["orders"];
  /** Until when budgets, orders and intent are only noted; null where they are enforced */
  readonly observedUntil: string | null;
}

export interface DeclaredCall {
  /** `<tool>.<action>` */
  readonly name: string;
  readonly url: string;
  /** Highest sensitivity of data that may be sent to the tool */
  readonly clearance: SensitivityName;
  /** `user`, or the name of a service */
  readonly actsAs: string;
  readonly impact: "low" | "high";
  readonly writes: boolean;
  /** Its effect is visible outside the organisation */
  readonly outward: boolean;
  /** The answers of the tool are not trusted. */
  readonly untrustedOutput: boolean;
  /** `<dataset>:<kind>` */
  readonly touches: readonly string[];
  /** Features of a model's provider beyond an answer; left out if there are none */
  readonly allows?: readonly string[];
}

export interface DeclaredData {
  readonly dataset: string;
  readonly kinds: readonly string[];
  readonly sensitivity: SensitivityName;
  /** Bucket, table, secret or `external`, with its name */
  readonly place: string;
  /** It may hold instructions written by strangers. */
  readonly untrusted: boolean;
}

export interface DeclaredEdge {
  /** `<agent>.<task>` */
  readonly target: string;
  readonly depth: number;
  readonly sensitivity: SensitivityName;
  readonly ttlSeconds: number;
  readonly actions: "any" | readonly string[];
  readonly data: "any" | readonly string[];
}

export function declaredAccess({ registry, name, agent, works }: Side): DeclaredAccess {
  const { tasks: _, workload, serves = {}, ...rest } = agent;
  return {
    ...rest,
    serviceAccount: `${workload.namespace}/${workload.serviceAccount}`,
    works: [...works.values()].map((work) => workOf(work, registry)).sort(byWorst),
    ways: Object.entries(serves).map(([way, facts]) => wayOf(registry, name, way, facts)),
    starters: startersOf(registry, name, agent),
  };
}

function startersOf({ trust }: Registry, name: string, agent: RegistryAgent): readonly DeclaredStarter[] {
  return trust.starters.flatMap(({ issuer, starts, kms = [], tasks = [] }) => {
    const own = Object.entries(agent.tasks).filter(([task]) => tasks.includes(`${name}.${task}`));
    if (own.length === 0) return [];
    const clean = own.filter(([, { cleanEvents = [] }]) => cleanEvents.includes(issuer)).map(([task]) => task);
    return [{ issuer, starts, keys: kms, tasks: own.map(([task]) => task), clean }];
  });
}

function wayOf(registry: Registry, agent: string, name: string, way: RegistryWay): DeclaredWay {
  const { tasks, untrusted, sensitivity, clearance, ...rest } = way;
  return {
    name,
    ...rest,
    sensitivity: sensitivity.name,
    clearance: clearance.name,
    callers: tasks.flatMap((task) =>
      callersOf(registry, agent, task).map((caller) => ({
        task,
        ...caller,
        untrusted: arrivesUntrusted(caller.start, untrusted),
      })),
    ),
  };
}

/** Of data that an agent or its delegates read or write; undefined if there is none */
export function highestOf({ works }: DeclaredAccess): Sensitivity | undefined {
  const levels = works.flatMap(({ data }) => data.map(({ sensitivity }) => Sensitivity.of(sensitivity, "registry")));
  return levels.length === 0 ? undefined : Sensitivity.highest(levels);
}

function workOf({ start, chain, task, actions, data, ttlSeconds, carries }: Work, registry: Registry): DeclaredWork {
  return {
    task: start,
    through: chain,
    startedBy: chain.length === 0 ? task.startedBy : ["delegation"],
    ttlSeconds,
    carries: carries?.name ?? null,
    calls: [...actions].flatMap((name) => callOf(name, registry)).sort(byHarm),
    data: dataOf(data, registry),
    delegates: Object.entries(task.delegates)
      .map(([target, edge]) => ({ target, ...edge, sensitivity: edge.sensitivity.name }))
      .sort((one, other) => byText(one.target, other.target)),
    approval: task.approval ?? null,
    budgets: task.budgets,
    orders: task.orders,
    observedUntil: task.observe?.until ?? null,
  };
}

/** A name that the registry does not hold is reported as unknown. */
function callOf(name: string, registry: Registry): readonly DeclaredCall[] {
  const { tools } = registry;
  const { tool: toolName, action: actionName } = actionOf(name);
  const tool = own(tools, toolName);
  const action = own(tool?.actions, actionName);
  if (tool === undefined || action === undefined) return [];
  const { impact, writes, outward, touches } = action;
  const allows = featuresOf(action);
  return [
    {
      name,
      url: tool.url,
      clearance: tool.clearance.name,
      actsAs: actorOf(tool),
      impact,
      writes,
      outward,
      untrustedOutput: answersUntrusted(registry, tool, action),
      touches: Object.entries(touches).flatMap(([dataset, kinds]) => kinds.map((kind) => `${dataset}:${kind}`)),
      ...(allows.length > 0 && { allows }),
    },
  ];
}

function actorOf({ actsAs }: RegistryTool): string {
  return actsAs === "user" ? "user" : actsAs.service;
}

function dataOf(keys: ReadonlySet<string>, { datasets }: Registry): readonly DeclaredData[] {
  const kindsOf = groupBy([...keys].map(accessOf), ({ dataset }) => dataset);
  return [...kindsOf]
    .flatMap(([name, accesses]) => {
      const dataset = own(datasets, name);
      if (dataset === undefined) return [];
      return [
        {
          dataset: name,
          kinds: accesses.map(({ kind }) => kind),
          sensitivity: dataset.sensitivity.name,
          place: placeOf(dataset),
          untrusted: dataset.untrusted === true,
        },
      ];
    })
    .sort((one, other) => rank(other) - rank(one) || byText(one.dataset, other.dataset));
}

function placeOf({ kind, bucket, prefix = "", table, secret }: RegistryDataset): string {
  const where = bucket === undefined ? (table ?? secret) : `${bucket}/${prefix}`;
  return where === undefined ? kind : `${kind} ${where}`;
}

function rank({ sensitivity }: DeclaredData): number {
  return Sensitivity.of(sensitivity, "registry").rank;
}

function byHarm(one: DeclaredCall, other: DeclaredCall): number {
  const harm = ({ impact, outward, writes }: DeclaredCall): number =>
    (impact === "high" ? 4 : 0) + (outward ? 2 : 0) + (writes ? 1 : 0);
  return harm(other) - harm(one) || byText(one.name, other.name);
}

function byWorst(one: DeclaredWork, other: DeclaredWork): number {
  const most = ({ data }: DeclaredWork): number => (data[0] === undefined ? -1 : rank(data[0]));
  const grave = ({ calls }: DeclaredWork): number => calls.filter(({ impact }) => impact === "high").length;
  return (
    most(other) - most(one) ||
    grave(other) - grave(one) ||
    one.through.length - other.through.length ||
    byText([one.task, ...one.through].join(" "), [other.task, ...other.through].join(" "))
  );
}
