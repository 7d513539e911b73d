import type { AgentDeclaration } from "../agent";
import type { DataAccess } from "../dataset";
import type { Task } from "../task";
import type { Tool, ToolAction } from "../tool";
import { actionsOf, dataOf, reachOf, type Reached } from "./reach";

/** One task at work: by itself, or at the end of a chain that another task began */
export interface Member {
  readonly agent: AgentDeclaration;
  readonly task: Task;
  /** Undefined if it works by itself */
  readonly reached: Reached | undefined;
}

/**
 * All that works on what one task began. Requests and answers may tell each of them what any of them has read, one after another:
 * they are one domain.
 */
export interface Domain {
  /** The task that began, then those that it reaches */
  readonly members: readonly [Member, ...Member[]];
  /** Who keeps what is learned here, and brings along what it learned in another domain */
  readonly knowers: ReadonlySet<string>;
  /** Whether the agent begins by itself: then each agent of it brings along all that it has learned for any principal */
  readonly startsItself: boolean;
}

/** Each way in which a task of these agents may begin, once per knower. */
export function domainsOf(agents: readonly AgentDeclaration[]): readonly Domain[] {
  return agents.flatMap((agent) => [...agent.tasks.values()].flatMap((task) => domainsOfTask(agent, task)));
}

function domainsOfTask(agent: AgentDeclaration, task: Task): readonly Domain[] {
  const reached = reachOf(task).map((each): Member => ({ agent: each.agent, task: each.task, reached: each }));
  const members: Domain["members"] = [{ agent, task, reached: undefined }, ...reached];
  const agents = [...new Set(members.map((member) => member.agent))];
  const whole = agents.filter(isOneKnower).map(({ name }) => name);
  const domain = (knowers: readonly string[], startsItself = false): Domain => ({
    members,
    knowers: new Set(knowers),
    startsItself,
  });
  const { startedBy } = task;
  const domains: Domain[] = [];
  if (startedBy.includes("user")) domains.push(domain([...whole, ...agents.map(({ name }) => `${name} for a user`)]));
  // Without a user, what is known is kept for one transaction only.
  if (startedBy.some((start) => start !== "user" && start !== "agent")) domains.push(domain(whole));
  if (startedBy.includes("agent")) domains.push(domain(whole, true));
  return domains;
}

/** What it learns in one task it knows in all: by its own word, or because its pod holds the credentials of all. */
export function isOneKnower({ memory, credentials }: AgentDeclaration): boolean {
  return memory === "shared" || credentials !== "brokered";
}

/** Actions that it may call there */
export function actionsOfMember({
  task,
  reached,
}: Member): readonly { readonly tool: Tool; readonly action: ToolAction }[] {
  if (reached !== undefined) return actionsOf(reached);
  return task.tools.flatMap(({ tool, actions }) => actions.map((action) => ({ tool, action })));
}

/** Data that it may access there, in any way */
export function dataOfMember({ task, reached }: Member): readonly DataAccess[] {
  return reached === undefined ? task.data : dataOf(reached);
}

/** `triage.answer`, or `triage.answer → reader.fetch` */
export function nameOf([first]: Domain["members"], { reached }: Member): string {
  return [`${first.agent.name}.${first.task.name}`, ...(reached?.chain ?? [])].join(" → ");
}
