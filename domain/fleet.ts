import type { AgentDeclaration } from "./agent";
import { byText } from "./by-text";
import type { Dataset } from "./dataset";
import { rememberListed } from "./defined";
import { refuse, shown } from "./errors";
import { checkFleet } from "./rules/fleet-rules";
import { checkStarters } from "./rules/starter-rules";
import { atDeclarations } from "./source-line";
import { Starter } from "./starter";
import type { Tool } from "./tool";

/** Anything that carries an agent's declaration, such as the class that `Agent.define` returns */
export interface Declared {
  readonly declaration: AgentDeclaration;
}

/** All agents of one platform: complete before any stack exists, so that errors between agents show at once. */
export class Fleet<M extends Declared = Declared> {
  /** In the order of their names, independent of the order of the list */
  public readonly members: readonly M[];
  /** What starts tasks by schedule and event, by name */
  public readonly starters: readonly Starter[];

  private constructor(members: readonly M[], starters: readonly Starter[]) {
    this.members = [...members].sort((a, b) => byText(a.declaration.name, b.declaration.name));
    this.starters = [...starters].sort((a, b) => byText(a.name, b.name));
  }

  /** @throws DeclarationError for what no agent can see by itself: shared names, service accounts, data and addresses, cycles. */
  public static of<T extends readonly Declared[]>(...members: T): Fleet<T[number]> {
    for (const [index, member] of members.entries()) {
      if (member?.declaration === undefined) {
        refuse(
          "fleet.malformed",
          "fleet",
          `entry ${index + 1} must be an agent's class (Agent.define), got ${shown(member)}`,
        );
      }
    }
    const fleet = new Fleet<T[number]>(members, []);
    rememberListed(fleet.agents);
    atDeclarations([...fleet.agents, ...fleet.tools, ...fleet.datasets], () => checkFleet(fleet));
    return fleet;
  }

  /**
   * The same agents, with what starts their tasks by schedule and event
   *
   * @throws DeclarationError for a name that two have, an agent that is not in the fleet, and a source that is a copy of what
   *   agents are granted
   */
  public startedBy(...starters: readonly Starter[]): Fleet<M> {
    const foreign = starters.find((starter) => !(starter instanceof Starter));
    if (foreign !== undefined) {
      const what = "startedBy takes what Starter.schedule(…) and Starter.event(…) return";
      refuse("fleet.malformed", "fleet", `${what}, got ${shown(foreign)}`);
    }
    const fleet = new Fleet<M>(this.members, [...this.starters, ...starters]);
    atDeclarations(fleet.starters, () => checkStarters(fleet));
    return fleet;
  }

  public get agents(): readonly AgentDeclaration[] {
    return this.members.map((member) => member.declaration);
  }

  /** Every tool a task uses, by name */
  public get tools(): readonly Tool[] {
    return byName(this.tasks.flatMap((task) => task.tools.map((grant) => grant.tool as Tool)));
  }

  /** Every dataset a task uses, by name */
  public get datasets(): readonly Dataset[] {
    return byName(this.tasks.flatMap((task) => task.data.map((access) => access.dataset)));
  }

  private get tasks() {
    return this.agents.flatMap((agent) => [...agent.tasks.values()]);
  }
}

function byName<T extends { readonly name: string }>(things: readonly T[]): readonly T[] {
  return [...new Set(things)].sort((a, b) => byText(a.name, b.name));
}
