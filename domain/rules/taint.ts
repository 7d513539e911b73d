import type { AgentDeclaration } from "../agent";
import { type DataAccess, isReading } from "../dataset";
import { actionsOfMember, dataOfMember, type Domain, domainsOf, type Member, nameOf } from "./knowers";

/** A write that could carry instructions of strangers to where another task would take them for its own */
export interface TaintedWrite {
  /** Whose task begins the domain in which it is written */
  readonly agent: AgentDeclaration;
  readonly sentence: string;
}

/** Storage must not wash: where untrusted output may have been read, only untrusted data is written. */
export function taintedWrite(agents: readonly AgentDeclaration[]): TaintedWrite | undefined {
  for (const [domain, because] of taintedDomains(agents)) {
    for (const member of domain.members) {
      const dataset = trustedWriteOf(member)?.dataset;
      if (dataset === undefined) continue;
      const [{ agent }] = domain.members;
      const sentence = `${nameOf(domain.members, member)} writes ${dataset.name}, which counts as trusted, and may know untrusted output`;
      const fix = `declare ${dataset.name} with untrusted: true, or write it in an agent that reads nothing untrusted`;
      return { agent, sentence: `${sentence} (${because}): ${fix}` };
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
  // What one domain learns its knowers bring to the next one: until nothing is new.
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
  return dataOfMember(member).find((access) => access.taints)?.dataset.name;
}

/** Not what a person decides on, each time and word by word */
function trustedWriteOf(member: Member): DataAccess | undefined {
  const { task, reached } = member;
  if (task.approval !== undefined) return undefined;
  return dataOfMember(member).find(
    ({ dataset, kinds }) =>
      !dataset.untrusted &&
      kinds.some((kind) => !isReading(kind) && (reached?.ceiling.allowsData(`${dataset.name}:${kind}`) ?? true)),
  );
}
