import type { AgentDeclaration } from "../agent";
import { type Dataset, isReading } from "../dataset";
import type { Task } from "../task";
import type { Tool } from "../tool";
import type { Found } from "./found";
import { actionsOfMember, dataOfMember, type Domain, domainsOf, type Member, nameOf } from "./knowers";

/** Storage must not wash: where untrusted output may have been read, only untrusted data is written. Found with whose task begins it. */
export function taintedWrite(agents: readonly AgentDeclaration[]): Found | undefined {
  const tainted = taintedDomains(agents);
  const tools = [...new Set(agents.flatMap(({ tasks }) => [...tasks.values()].flatMap(toolsOf)))];
  const distrusted = datasetsReadAsUntrusted(tools);
  const answering = toolsReadAsTrusted(agents);
  for (const [domain, because] of tainted) {
    for (const member of domain.members) {
      const found = trustedWriteOf(member, distrusted) ?? trustedCallOf(member, answering);
      if (found === undefined) continue;
      const [{ agent }] = domain.members;
      const sentence = `${nameOf(domain.members, member)} ${found.what}, and may know untrusted output (${because})`;
      return { agent, sentence: `${sentence}: ${found.fix} in an agent that reads nothing untrusted` };
    }
  }
  return undefined;
}

/** Each domain in which untrusted output may be known, with its source in words. */
export function taintedDomains(agents: readonly AgentDeclaration[]): ReadonlyMap<Domain, string> {
  const tainted = new Map<Domain, string>();
  const known = new Map<string, string>();
  const learned = new Map<AgentDeclaration, string>();
  const sources = domainsOf(agents).map((domain) => ({ domain, own: sourceOf(domain) }));
  let before = -1;
  // Knowledge of one domain spreads to the next one through shared knowers, until nothing is new.
  while (before < tainted.size) {
    before = tainted.size;
    for (const { domain, own } of sources) {
      const because = tainted.get(domain) ?? own ?? broughtTo(domain, known, learned);
      if (because === undefined) continue;
      tainted.set(domain, because);
      for (const knower of domain.knowers) if (!known.has(knower)) known.set(knower, because);
      for (const { agent } of domain.members) if (!learned.has(agent)) learned.set(agent, because);
    }
  }
  return tainted;
}

function broughtTo(
  { members, knowers, startsItself }: Domain,
  known: ReadonlyMap<string, string>,
  learned: ReadonlyMap<AgentDeclaration, string>,
): string | undefined {
  for (const knower of knowers) {
    const because = known.get(knower);
    if (because !== undefined) return `${because}, remembered by ${knower}`;
  }
  if (!startsItself) return undefined;
  const [first] = members;
  for (const { agent } of members) {
    const because = learned.get(agent);
    const starter = agent === first.agent ? "it" : first.agent.name;
    if (because !== undefined) return `${because}, held by ${agent.name} when ${starter} starts itself`;
  }
  return undefined;
}

function sourceOf({ members }: Domain): string | undefined {
  for (const member of members) {
    const found = untrustedOf(member);
    if (found !== undefined) return `${found} in ${nameOf(members, member)}`;
  }
  return undefined;
}

function untrustedOf(member: Member): string | undefined {
  const call = actionsOfMember(member).find(({ tool, action }) => tool.answersUntrusted(action));
  if (call !== undefined) return `${call.tool.name}.${call.action.name}`;
  if (member.task.startsTainted) return "what starts it";
  return dataOfMember(member).find((access) => access.taints)?.dataset.name;
}

/** A write that strangers could cause, and what to declare instead, except the last option: another agent */
interface TrustedWrite {
  readonly what: string;
  readonly fix: string;
}

const TRUSTED_OUTPUT = "what is read with untrustedOutput: false if it is a tool's own output";

/** Not what a person decides on, each time and word by word */
function trustedWriteOf(member: Member, distrusted: ReadonlySet<Dataset>): TrustedWrite | undefined {
  const { task, reached } = member;
  if (task.approval !== undefined) return undefined;
  const written = dataOfMember(member).find(
    ({ dataset, kinds }) =>
      !dataset.untrusted &&
      !distrusted.has(dataset) &&
      kinds.some((kind) => !isReading(kind) && (reached?.ceiling.allowsData(`${dataset.name}:${kind}`) ?? true)),
  );
  if (written === undefined) return undefined;
  const { name, kind } = written.dataset;
  const approval = kind === "external" ? "ask for approval" : "put it behind a tool and ask for approval";
  return {
    what: `writes ${name}, which counts as trusted`,
    fix: `declare ${name} with untrusted: true, or ${TRUSTED_OUTPUT}, or ${approval}, or write it`,
  };
}

/** What a tool touches whose output taints: its readers do not take it for trusted. */
function datasetsReadAsUntrusted(tools: readonly Tool[]): ReadonlySet<Dataset> {
  const actions = tools.filter((tool) => tool.untrustedOutput).flatMap((tool) => [...tool.actions.values()]);
  return new Set(actions.flatMap(({ touches }) => touches.map((access) => access.dataset)));
}

/** A write without a dataset, to a tool that some task reads as trusted */
function trustedCallOf(member: Member, answering: ReadonlySet<Tool>): TrustedWrite | undefined {
  if (member.task.approval !== undefined) return undefined;
  const call = actionsOfMember(member).find(
    ({ tool, action }) => answering.has(tool) && action.writes && !action.touches.some((access) => access.writes),
  );
  if (call === undefined) return undefined;
  const { tool, action } = call;
  return {
    what: `calls ${tool.name}.${action.name}, which may write what ${tool.name} answers as trusted`,
    fix: `declare what it writes in its touches, or ${tool.name} with untrustedOutput: true, or ${TRUSTED_OUTPUT}, or ask for approval, or call it`,
  };
}

/** Tools that some task reads without becoming tainted */
function toolsReadAsTrusted(agents: readonly AgentDeclaration[]): ReadonlySet<Tool> {
  const grants = agents.flatMap(({ tasks }) => [...tasks.values()].flatMap((task) => task.tools));
  const read = grants.filter(({ tool, actions }) =>
    actions.some((action) => !action.writes && !tool.answersUntrusted(action)),
  );
  return new Set(read.map(({ tool }) => tool).filter(({ kind }) => kind !== "model"));
}

function toolsOf({ tools }: Task): readonly Tool[] {
  return tools.map(({ tool }) => tool);
}
