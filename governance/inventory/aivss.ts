import { isReading } from "../../domain/dataset";
import { own } from "../../domain/own";
import type {
  RegistryAction,
  RegistryAgent,
  RegistryDocument,
  RegistryTask,
  RegistryTool,
} from "../../domain/registry/document";
import { answersUntrusted, changes, reveals, taints } from "../../domain/registry/entries";
import { takesUntrusted } from "../../domain/rules/risk-facts";
import { Sensitivity } from "../../domain";

type Registry = RegistryDocument<Sensitivity>;
type Agent = RegistryAgent<Sensitivity>;

/** The ten amplification factors of OWASP AIVSS 0.8, in its order */
export const AIVSS_FACTORS = [
  "autonomy",
  "tool use",
  "multi-agent",
  "non-determinism",
  "self-modification",
  "dynamic identity",
  "persistent memory",
  "natural language input",
  "data access",
  "external dependencies",
] as const;
export type AivssFactorName = (typeof AIVSS_FACTORS)[number];

/** Absent, limited or full (OWASP AIVSS 0.8) */
export type AivssValue = 0 | 0.5 | 1;

export interface AivssFactor {
  readonly factor: AivssFactorName;
  readonly value: AivssValue;
  readonly because: string;
}

/**
 * What of an agent's declaration amplifies a vulnerability, as OWASP AIVSS 0.8 asks it.
 *
 * It is an input: a score needs the CVSS 4.0 base of one vulnerability besides, which no declaration has.
 */
export interface AivssProfile {
  readonly factors: readonly AivssFactor[];
  /** Agentic AI risk score: the sum of the factors, 0 to 10 */
  readonly aars: number;
}

/** Monotone: a gained right never lowers a factor, and neither does a removed control. */
export function aivssOf(registry: Registry, agent: Agent, receivesWork: boolean): AivssProfile {
  const facts = factsOf(registry, agent, receivesWork);
  const factors = AIVSS_FACTORS.map((factor) => factorOf(factor, FACTORS[factor](facts)));
  return { factors, aars: factors.reduce((sum, { value }) => sum + value, 0) };
}

const KNOWN_FACTORS = new Map(AIVSS_FACTORS.map((factor) => [factor, new Map<string, AivssFactor>()]));

/** One object for each that there is, as large fleets hold many that are the same */
function factorOf(factor: AivssFactorName, [value, because]: Judged): AivssFactor {
  const same = KNOWN_FACTORS.get(factor);
  const known = same?.get(because) ?? { factor, value, because };
  same?.set(because, known);
  return known;
}

interface Call {
  readonly tool: RegistryTool<Sensitivity>;
  readonly action: RegistryAction;
  readonly isUntrusted: boolean;
}

interface Facts {
  readonly agent: Agent;
  readonly tasks: readonly RegistryTask<Sensitivity>[];
  readonly calls: readonly Call[];
  /** Tasks that change something without a person's approval */
  readonly unapproved: readonly RegistryTask<Sensitivity>[];
  /** Datasets that it both writes and reads */
  readonly kept: readonly { readonly untrusted: boolean }[];
  readonly highest: Sensitivity;
  /** Whether untrusted data or a way in for callers that are not trusted brings it words of strangers */
  readonly takesUntrusted: boolean;
  /** Whether another agent may hand work to it */
  readonly receivesWork: boolean;
}

type Judged = readonly [AivssValue, because: string];

const SELF_STARTS: ReadonlySet<string> = new Set(["schedule", "event", "agent"]);

const FACTORS: Readonly<Record<AivssFactorName, (facts: Facts) => Judged>> = {
  autonomy: ({ tasks, unapproved }) => {
    const isSelfStarted = (task: RegistryTask<Sensitivity>) => task.startedBy.some((start) => SELF_STARTS.has(start));
    if (unapproved.some(isSelfStarted)) return [1, "changes something without a person who starts or approves it"];
    if (unapproved.length > 0)
      return [0.5, "changes something without approval, in tasks that a user or an agent starts"];
    if (tasks.some(isSelfStarted)) return [0.5, "starts without a person, and changes nothing without approval"];
    return [0, "a user or an agent starts it, and a person approves what it changes"];
  },
  "tool use": ({ calls }) => {
    if (calls.some(({ action }) => actsOn(action)))
      return [1, "calls actions that write, are outward or of high impact"];
    return calls.length > 0 ? [0.5, "calls actions that only read"] : [0, "calls no tool"];
  },
  "multi-agent": ({ tasks, receivesWork }) => {
    const handsOn = tasks.some(({ delegates }) => Object.keys(delegates).length > 0);
    if (handsOn && receivesWork) return [1, "hands work to other agents and gets work from them"];
    if (handsOn) return [0.5, "hands work to other agents"];
    return receivesWork ? [0.5, "gets work from other agents"] : [0, "works with no other agent"];
  },
  "non-determinism": ({ calls }) =>
    calls.some(({ tool }) => tool.kind === "model")
      ? [1, "calls a language model"]
      : [0.5, "declares no language model; its own code may hold one"],
  "self-modification": ({ calls, kept }) => {
    if (kept.some(({ untrusted }) => untrusted)) return [1, "reads back untrusted content that it writes"];
    if (calls.some(({ action }) => action.unpinned !== undefined)) {
      return [0.5, "an MCP tool's definition may change without a review"];
    }
    return [0, "image and definitions of tools change by a review only"];
  },
  "dynamic identity": ({ agent, tasks }) => {
    if (agent.credentials !== "brokered") return [1, "gets AWS credentials that know no run"];
    if (tasks.some(({ startedBy }) => startedBy.includes("user")))
      return [0.5, "acts for users, by a token for each run"];
    return [0, "acts as itself alone"];
  },
  "persistent memory": ({ agent, kept }) => {
    if (agent.memory === "shared") return [1, "remembers across users"];
    return kept.length > 0 ? [0.5, "reads back data that it writes"] : [0, "keeps nothing between runs"];
  },
  "natural language input": ({ calls, tasks, takesUntrusted, receivesWork }) => {
    if (takesUntrusted || calls.some(({ isUntrusted }) => isUntrusted)) {
      return [1, "takes in content that strangers may have written"];
    }
    if (receivesWork || tasks.some(({ startedBy }) => startedBy.includes("user"))) {
      return [0.5, "takes in requests of users or other agents"];
    }
    return [0, "takes in no text of others"];
  },
  "data access": ({ highest, tasks }) => {
    if (highest.isConfidential) return [1, `uses ${highest} data`];
    if (highest !== Sensitivity.PUBLIC) return [0.5, `uses ${highest} data`];
    return tasks.some(({ data }) => Object.keys(data).length > 0) ? [0, "uses public data only"] : [0, "uses no data"];
  },
  "external dependencies": ({ calls }) => {
    if (calls.some(({ isUntrusted, action }) => isUntrusted || action.unpinned !== undefined)) {
      return [1, "relies on tools whose output or definition is not trusted"];
    }
    return calls.length > 0 ? [0.5, "relies on tools whose output is trusted"] : [0, "relies on no tool"];
  },
};

function actsOn({ writes, outward, impact }: RegistryAction): boolean {
  return writes || outward || impact === "high";
}

function factsOf(registry: Registry, agent: Agent, receivesWork: boolean): Facts {
  const named = Object.entries(agent.tasks);
  const tasks = named.map(([, task]) => task);
  const ofTasks = tasks.map((task) => callsOf(registry, task));
  const data = tasks.flatMap((task) => Object.entries(task.data));
  const [written, read] = [new Set<string>(), new Set<string>()];
  for (const [name, kinds] of data) {
    if (kinds.includes("write")) written.add(name);
    const dataset = own(registry.datasets, name);
    if (dataset === undefined ? kinds.some(isReading) : reveals(dataset, kinds)) read.add(name);
  }
  return {
    agent,
    receivesWork,
    tasks,
    calls: ofTasks.flat(),
    unapproved: tasks.filter(({ approval, data: used }, at) => {
      const changing = Object.values(used).some(changes) || (ofTasks[at] ?? []).some(({ action }) => actsOn(action));
      return approval === undefined && changing;
    }),
    kept: [...written]
      .filter((name) => read.has(name))
      .map((name) => ({ untrusted: own(registry.datasets, name)?.untrusted === true })),
    highest: Sensitivity.highest(data.flatMap(([name]) => own(registry.datasets, name)?.sensitivity ?? [])),
    takesUntrusted:
      data.some(([name, kinds]) => taints(registry, name, kinds)) ||
      named.some(([name, task]) => takesUntrusted(agent, name, task)),
  };
}

function callsOf(registry: Registry, { tools }: RegistryTask<Sensitivity>): readonly Call[] {
  const calls: Call[] = [];
  for (const [name, actions] of Object.entries(tools)) {
    const tool = own(registry.tools, name);
    if (tool === undefined) continue;
    for (const called of actions) {
      const action = own(tool.actions, called);
      if (action !== undefined) calls.push(callOf(registry, tool, action));
    }
  }
  return calls;
}

/** Of each action once: the agents of a fleet call the same ones, and a registry is not changed. */
const KNOWN_CALLS = new WeakMap<Registry, Map<RegistryAction, Call>>();

function callOf(registry: Registry, tool: RegistryTool<Sensitivity>, action: RegistryAction): Call {
  const ofRegistry = KNOWN_CALLS.get(registry) ?? new Map<RegistryAction, Call>();
  KNOWN_CALLS.set(registry, ofRegistry);
  const call = ofRegistry.get(action) ?? { tool, action, isUntrusted: answersUntrusted(registry, tool, action) };
  ofRegistry.set(action, call);
  return call;
}
