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
  const known = same?.get(because);
  if (known !== undefined) return known;
  const made = { factor, value, because };
  same?.set(because, made);
  return made;
}

/** What the factors ask of an agent */
interface Facts {
  readonly agent: Agent;
  readonly calls: {
    readonly some: boolean;
    readonly model: boolean;
    /** One that writes, is outward or of high impact */
    readonly acting: boolean;
    readonly unpinned: boolean;
    readonly untrusted: boolean;
  };
  readonly tasks: {
    readonly forUser: boolean;
    readonly selfStarted: boolean;
    readonly handingOn: boolean;
    /** Tasks that change something without a person's approval */
    readonly unapproved: "none" | "started" | "self-started";
  };
  readonly data: {
    readonly some: boolean;
    readonly highest: Sensitivity;
    /** Datasets that it both writes and reads */
    readonly kept: "none" | "trusted" | "untrusted";
  };
  /** Whether untrusted data or a way in for callers that are not trusted brings it words of strangers */
  readonly takesUntrusted: boolean;
  /** Whether another agent may hand work to it */
  readonly receivesWork: boolean;
}

type Judged = readonly [AivssValue, because: string];

const SELF_STARTS: ReadonlySet<string> = new Set(["schedule", "event", "agent"]);

const FACTORS: Readonly<Record<AivssFactorName, (facts: Facts) => Judged>> = {
  autonomy: ({ tasks: { selfStarted, unapproved } }) => {
    if (unapproved === "self-started") return [1, "changes something without a person who starts or approves it"];
    if (unapproved === "started")
      return [0.5, "changes something without approval, in tasks that a user or an agent starts"];
    if (selfStarted) return [0.5, "starts without a person, and changes nothing without approval"];
    return [0, "a user or an agent starts it, and a person approves what it changes"];
  },
  "tool use": ({ calls: { some, acting } }) => {
    if (acting) return [1, "calls actions that write, are outward or of high impact"];
    return some ? [0.5, "calls actions that only read"] : [0, "calls no tool"];
  },
  "multi-agent": ({ tasks: { handingOn }, receivesWork }) => {
    if (handingOn && receivesWork) return [1, "hands work to other agents and gets work from them"];
    if (handingOn) return [0.5, "hands work to other agents"];
    return receivesWork ? [0.5, "gets work from other agents"] : [0, "works with no other agent"];
  },
  "non-determinism": ({ calls: { model } }) =>
    model ? [1, "calls a language model"] : [0.5, "declares no language model; its own code may hold one"],
  "self-modification": ({ calls: { unpinned }, data: { kept } }) => {
    if (kept === "untrusted") return [1, "reads back untrusted content that it writes"];
    if (unpinned) return [0.5, "an MCP tool's definition may change without a review"];
    return [0, "image and definitions of tools change by a review only"];
  },
  "dynamic identity": ({ agent, tasks: { forUser } }) => {
    if (agent.credentials !== "brokered") return [1, "gets AWS credentials that know no run"];
    return forUser ? [0.5, "acts for users, by a token for each run"] : [0, "acts as itself alone"];
  },
  "persistent memory": ({ agent, data: { kept } }) => {
    if (agent.memory === "shared") return [1, "remembers across users"];
    return kept === "none" ? [0, "keeps nothing between runs"] : [0.5, "reads back data that it writes"];
  },
  "natural language input": ({ calls, tasks: { forUser }, takesUntrusted, receivesWork }) => {
    if (takesUntrusted || calls.untrusted) return [1, "takes in content that strangers may have written"];
    if (receivesWork || forUser) return [0.5, "takes in requests of users or other agents"];
    return [0, "takes in no text of others"];
  },
  "data access": ({ data: { some, highest } }) => {
    if (highest.isConfidential) return [1, `uses ${highest} data`];
    if (highest !== Sensitivity.PUBLIC) return [0.5, `uses ${highest} data`];
    return some ? [0, "uses public data only"] : [0, "uses no data"];
  },
  "external dependencies": ({ calls: { some, unpinned, untrusted } }) => {
    if (untrusted || unpinned) return [1, "relies on tools whose output or definition is not trusted"];
    return some ? [0.5, "relies on tools whose output is trusted"] : [0, "relies on no tool"];
  },
};

function actsOn({ writes, outward, impact }: RegistryAction): boolean {
  return writes || outward || impact === "high";
}

function factsOf(registry: Registry, agent: Agent, receivesWork: boolean): Facts {
  const calls = { some: false, model: false, acting: false, unpinned: false, untrusted: false };
  const tasks = { forUser: false, selfStarted: false, handingOn: false };
  const written = new Set<string>();
  const read = new Set<string>();
  let unapproved: Facts["tasks"]["unapproved"] = "none";
  let highest = Sensitivity.PUBLIC;
  let some = false;
  let isTaken = false;
  for (const [name, task] of Object.entries(agent.tasks)) {
    const isSelfStarted = task.startedBy.some((start) => SELF_STARTS.has(start));
    tasks.selfStarted ||= isSelfStarted;
    tasks.forUser ||= task.startedBy.includes("user");
    tasks.handingOn ||= Object.keys(task.delegates).length > 0;
    isTaken ||= takesUntrusted(agent, name, task);
    let isChanging = false;
    for (const [tool, action] of actionsOf(registry, task)) {
      const isActing = actsOn(action);
      isChanging ||= isActing;
      calls.some = true;
      calls.acting ||= isActing;
      calls.model ||= tool.kind === "model";
      calls.unpinned ||= action.unpinned !== undefined;
      calls.untrusted ||= answersUntrusted(registry, tool, action);
    }
    for (const [used, kinds] of Object.entries(task.data)) {
      some = true;
      isChanging ||= changes(kinds);
      isTaken ||= taints(registry, used, kinds);
      if (kinds.includes("write")) written.add(used);
      const dataset = own(registry.datasets, used);
      if (dataset === undefined ? kinds.some(isReading) : reveals(dataset, kinds)) read.add(used);
      if (dataset !== undefined) highest = Sensitivity.highest([highest, dataset.sensitivity]);
    }
    if (isChanging && task.approval === undefined && unapproved !== "self-started")
      unapproved = isSelfStarted ? "self-started" : "started";
  }
  return {
    agent,
    receivesWork,
    calls,
    tasks: { ...tasks, unapproved },
    data: { some, highest, kept: keptOf(registry, written, read) },
    takesUntrusted: isTaken,
  };
}

function keptOf(registry: Registry, written: ReadonlySet<string>, read: ReadonlySet<string>): Facts["data"]["kept"] {
  const kept = [...written].filter((name) => read.has(name));
  if (kept.length === 0) return "none";
  return kept.some((name) => own(registry.datasets, name)?.untrusted === true) ? "untrusted" : "trusted";
}

function actionsOf(registry: Registry, { tools }: RegistryTask<Sensitivity>): readonly Called[] {
  const called: Called[] = [];
  for (const [name, actions] of Object.entries(tools)) {
    const tool = own(registry.tools, name);
    if (tool === undefined) continue;
    for (const each of actions) {
      const action = own(tool.actions, each);
      if (action !== undefined) called.push([tool, action]);
    }
  }
  return called;
}

type Called = readonly [tool: RegistryTool<Sensitivity>, action: RegistryAction];
