import type { AgentDeclaration } from "./agent";
import { byText } from "./by-text";
import type { Dataset } from "./dataset";
import { rememberListed } from "./defined";
import { refuse, shown } from "./errors";
import { checkFleet } from "./rules/fleet-rules";
import { atDeclarations } from "./source-line";
import type { Tool } from "./tool";

/** Anything that carries an agent's declaration, such as the class that `Agent.define` returns */
export interface Declared {
  readonly declaration: AgentDeclaration;
}

/** All agents of one platform: complete before any stack exists, so that errors between agents show at once. */
export class Fleet<M extends Declared = Declared> {
  /** In the order of their names: the order they were listed in changes nothing */
  public readonly members: readonly M[];

  private constructor(members: readonly M[]) {
    this.members = [...members].sort((a, b) => byText(a.declaration.name, b.declaration.name));
    rememberListed(this.agents);
    atDeclarations([...this.agents, ...this.tools, ...this.datasets], () => checkFleet(this));
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
    return new Fleet(members);
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
