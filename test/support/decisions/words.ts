import type {
  DecisionInput,
  PolicyAction,
  PolicyAgent,
  PolicyDocument,
  PolicyEdge,
  PolicyTask,
  PolicyTool,
} from "../../../domain";

/** What the oracle is asked about: a request that is of the contract, and the policy with its revision (0 for none) */
export interface Asked {
  readonly input: DecisionInput;
  readonly policy: PolicyDocument;
  readonly revision: number;
}

/** The section "Words" of docs/decisions.md, word by word; undefined is what is not there */
export interface Words {
  readonly agent: PolicyAgent | undefined;
  readonly task: PolicyTask | undefined;
  /** `<tool>.<action>` */
  readonly call: string | undefined;
  readonly tool: PolicyTool | undefined;
  readonly action: PolicyAction | undefined;
  readonly mark: number;
  readonly touched: readonly string[];
  readonly highest: number;
  readonly read: number;
  readonly written: number;
  readonly approver: string;
  /** By hop; undefined where it is not declared */
  readonly edges: readonly (PolicyEdge | undefined)[];
  /** By hop */
  readonly delegators: readonly (PolicyAgent | undefined)[];
  readonly forAws: boolean;
  readonly observing: boolean;
}

const RANKS = ["public", "internal", "confidential", "restricted"];
const UNKNOWN_DATASET = 3;

export const rankOf = (sensitivity: string): number => RANKS.indexOf(sensitivity);

export function wordsOf({ input, policy }: Asked): Words {
  const declared = at(policy.agents, input.agent.spiffeId);
  const agent = declared?.name === input.agent.name ? declared : undefined;
  const task = at(agent?.tasks, input.task);
  const tool = at(policy.tools, input.call?.tool);
  const action = at(tool?.actions, input.call?.action);
  const touched = [...new Set([...(input.call?.data ?? []), ...Object.keys(action?.touches ?? {})])];
  const rankOfDataset = (key: string): number => at(policy.datasets, datasetAndKind(key)[0]) ?? UNKNOWN_DATASET;
  const ranks = (writes: boolean): number[] =>
    touched.filter((key) => isWrite(datasetAndKind(key)[1]) === writes).map(rankOfDataset);
  const mark = rankOf(input.session.mark);
  const { audience } = input.token;
  const forAws = input.phase === "issue" && audience === "aws";
  return {
    agent,
    task,
    call: input.call === null ? undefined : `${input.call.tool}.${input.call.action}`,
    tool,
    action,
    mark,
    touched,
    highest: Math.max(-1, ...touched.map(rankOfDataset)),
    read: forAws ? (task?.aws?.reads ?? -1) : Math.max(-1, ...ranks(false)),
    written: forAws ? (task?.aws?.writes ?? 4) : Math.min(4, ...ranks(true)),
    approver: input.phase === "call" ? (task?.approvalGroup ?? "") : "",
    edges: edgesOf(input, policy),
    delegators: input.chain.map(({ spiffeId }) => at(policy.agents, spiffeId)),
    forAws,
    observing: task !== undefined && input.time < task.observeUntil && mark < 2,
  };
}

function edgesOf({ chain, agent, task }: DecisionInput, policy: PolicyDocument): readonly (PolicyEdge | undefined)[] {
  return chain.map((hop, index) => {
    const next = chain[index + 1];
    const name = next === undefined ? agent.name : at(policy.agents, next.spiffeId)?.name;
    const delegates = at(at(policy.agents, hop.spiffeId)?.tasks, hop.task)?.delegates;
    return name === undefined ? undefined : at(delegates, `${name}.${next?.task ?? task}`);
  });
}

function datasetAndKind(key: string): readonly [dataset: string, kind: string] {
  const colon = key.lastIndexOf(":");
  return colon < 0 ? [key, ""] : [key.slice(0, colon), key.slice(colon + 1)];
}

function isWrite(kind: string): boolean {
  return kind === "write" || kind === "delete";
}

/** An entry of its own: no text names one that every object has */
export function at<T>(map: Readonly<Record<string, T>> | undefined, key: string | undefined): T | undefined {
  return map !== undefined && key !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;
}
