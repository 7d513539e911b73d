import { own } from "../../own";
import type { DecisionInput, Hop } from "../contract";
import type {
  NameSet,
  PolicyAction,
  PolicyAgent,
  PolicyDocument,
  PolicyEdge,
  PolicyTask,
  PolicyTool,
} from "../policy-document";
import type { Situation } from "./change";
import { datasetAndKind, isWrite, rankOf } from "./wording";

/** The words of docs/decisions.md for one situation; undefined is what is not there */
export interface Facts extends Situation {
  readonly agent: PolicyAgent | undefined;
  readonly task: PolicyTask | undefined;
  /** `<agent>.<task>` as the request names them */
  readonly name: string;
  /** `<tool>.<action>` */
  readonly call: string | undefined;
  readonly tool: PolicyTool | undefined;
  readonly action: PolicyAction | undefined;
  /** Rank */
  readonly mark: number;
  readonly touched: readonly string[];
  /** What AWS credentials would open, where they are asked for */
  readonly awsData: readonly string[];
  readonly highest: number;
  readonly read: number;
  readonly written: number;
  readonly approver: string;
  readonly edges: readonly Edge[];
  rankOfKey(key: string): number;
}

/** From one hop of the chain to the next, or to the agent that asks */
export interface Edge {
  readonly hop: Hop;
  /** Who hands the work on; undefined if it is not declared */
  readonly from: PolicyAgent | undefined;
  readonly task: PolicyTask | undefined;
  /** Who takes it; the name is undefined if it is not declared */
  readonly to: { readonly name: string | undefined; readonly task: string };
  readonly declared: PolicyEdge | undefined;
  /** Hops from here to the end, this one included */
  readonly length: number;
}

const UNKNOWN_DATASET = 3;
const NOTHING_READ = -1;
const NOTHING_WRITTEN = 4;

export function factsOf(situation: Situation): Facts {
  const { input, policy } = situation;
  const { call } = input;
  const agent = agentOf(situation);
  const task = own(agent?.tasks, input.task);
  const tool = own(policy.tools, call?.tool);
  const action = own(tool?.actions, call?.action);
  const touched = [...new Set([...(call?.data ?? []), ...Object.keys(action?.touches ?? {})])].sort();
  const rankOfKey = (key: string): number => own(policy.datasets, datasetAndKind(key)[0]) ?? UNKNOWN_DATASET;
  const ranks = (keys: readonly string[]): readonly number[] => keys.map(rankOfKey);
  const aws = input.phase === "issue" && input.token.audience === "aws" ? task?.aws : undefined;
  return {
    ...situation,
    agent,
    task,
    name: `${input.agent.name}.${input.task}`,
    call: call === null ? undefined : `${call.tool}.${call.action}`,
    tool,
    action,
    mark: rankOf(input.session.mark),
    touched,
    awsData: Object.keys(aws?.data ?? {}),
    highest: Math.max(NOTHING_READ, aws?.reads ?? NOTHING_READ, ...ranks(touched)),
    read: aws?.reads ?? Math.max(NOTHING_READ, ...ranks(touched.filter((key) => !isWrite(key)))),
    written: aws?.writes ?? Math.min(NOTHING_WRITTEN, ...ranks(touched.filter(isWrite))),
    approver: call === null ? "" : (task?.approvalGroup ?? ""),
    edges: edgesOf(input, policy),
    rankOfKey,
  };
}

export function agentOf({ input, policy }: Situation): PolicyAgent | undefined {
  const entry = own(policy.agents, input.agent.spiffeId);
  return entry?.name === input.agent.name ? entry : undefined;
}

/** What of the names the set lacks */
export function lacking(set: NameSet | "any", names: readonly string[]): readonly string[] {
  return set === "any" ? [] : names.filter((name) => !Object.hasOwn(set, name));
}

function edgesOf({ chain, agent, task }: DecisionInput, policy: PolicyDocument): readonly Edge[] {
  return chain.map((hop, index) => {
    const next = chain[index + 1];
    const to = next
      ? { name: own(policy.agents, next.spiffeId)?.name, task: next.task }
      : { name: agent.name as string | undefined, task };
    const from = own(policy.agents, hop.spiffeId);
    const handing = own(from?.tasks, hop.task);
    const declared = to.name === undefined ? undefined : own(handing?.delegates, `${to.name}.${to.task}`);
    return { hop, from, task: handing, to, declared, length: chain.length - index };
  });
}
