import type { AgentDeclaration } from "./agent";
import type { DataAccess } from "./dataset";
import { refuse, shown } from "./errors";
import { delegateCall } from "./handing-on";
import { LIMITS } from "./limits";
import { notToken } from "./plain";
import { Ceiling, ceilingOfTask } from "./rules/ceiling";
import { Sensitivity, type SensitivityName } from "./sensitivity";
import type { Task } from "./task";
import type { ToolGrant } from "./tool";
import { Ttl, type TtlInput } from "./ttl";

export interface DelegationProps {
  /**
   * Hops allowed from here on, this one included; at most 3.
   *
   * @default 1
   */
  readonly depth?: number;

  /**
   * Tool actions the chain may use from here on, each an action of the delegate's task.
   *
   * @default - those of each task on the way
   */
  readonly tools?: readonly ToolGrant[];

  /**
   * Data the chain may use from here on, each granted to the delegate's task.
   *
   * @default - that of each task on the way
   */
  readonly data?: readonly DataAccess[];

  /**
   * Highest sensitivity that may travel along the edge.
   *
   * @default - the lowest clearance of its tools and ways in, and sensitivity of data it writes to
   */
  readonly sensitivity?: SensitivityName;

  /**
   * Longest run of the delegate within the chain.
   *
   * @default - the `ttl` of the delegate's task
   */
  readonly ttl?: TtlInput;
}

/** An edge from a task to another agent's task: a ceiling for the chain, never a right of the delegator. */
export class Delegation {
  private constructor(
    public readonly agent: AgentDeclaration,
    public readonly task: Task,
    public readonly ceiling: Ceiling,
  ) {}

  /**
   * @throws DeclarationError `delegation.unknown-task`, `delegation.not-accepted`, `delegation.not-served`, `delegation.too-deep`,
   * `delegation.wider` where the edge names what the delegate's task does not have.
   */
  public static to(agent: AgentDeclaration, taskName: string, props: DelegationProps = {}): Delegation {
    const where = `delegation to ${shown(agent.name)} task ${shown(taskName)}`;
    const task = agent.tasks.get(taskName);
    if (task === undefined) {
      const known = [...agent.tasks.keys()].join(", ");
      return refuse("delegation.unknown-task", where, `the agent has no such task: it has ${known}`);
    }
    if (!task.startedBy.includes("delegation")) {
      const fix = `add "delegation" to its startedBy`;
      refuse("delegation.not-accepted", where, `startedBy of the task is ${task.startedBy.join(", ")}: ${fix}`);
    }
    if (task.servedBy.length === 0) {
      const sentence = "no way in of the agent serves the task, so no work can be handed on to it";
      const fix = `add serves: Serve.a2a({ … }) or Serve.http({ … }) to the agent, with ${shown(taskName)} in it`;
      refuse("delegation.not-served", where, `${sentence}: ${fix}`);
    }
    const depth = props.depth ?? LIMITS.delegationDepth.default;
    notToken(depth, where, "depth", "number");
    if (!Number.isInteger(depth) || depth < 1 || depth > LIMITS.delegationDepth.ceiling) {
      const what = `depth must be a whole number from 1 to ${LIMITS.delegationDepth.ceiling}`;
      refuse("delegation.too-deep", where, `${what}, got ${shown(depth)}`);
    }
    return new Delegation(agent, task, edgeCeiling(task, depth, props, where));
  }

  /** `<agent>.<task>` of the delegate */
  public get target(): string {
    return `${this.agent.name}.${this.task.name}`;
  }

  /** As budgets and orders name requests to the delegate */
  public get names(): readonly string[] {
    return [delegateCall(this.target)];
  }
}

/** What is left out stays open, for tasks further on have rights of their own; what is named must be the delegate's. */
function edgeCeiling(task: Task, depth: number, props: DelegationProps, where: string): Ceiling {
  const whole = ceilingOfTask(task).withDepth(depth);
  const named = new Ceiling({
    actions: props.tools === undefined ? whole.actions : new Set(props.tools.flatMap((grant) => grant.names)),
    data: props.data === undefined ? whole.data : new Set(props.data.flatMap(dataKeys)),
    sensitivity: Sensitivity.of(props.sensitivity ?? whole.sensitivity.name, where),
    ttl: props.ttl === undefined ? whole.ttl : Ttl.from(props.ttl, where, "ttl"),
    depth,
  });
  const wider = named.widerThan(whole);
  if (wider !== undefined) {
    refuse("delegation.wider", where, `an edge only narrows the delegate's task: ${wider}`);
  }
  return new Ceiling({
    ...named,
    actions: props.tools === undefined ? "any" : named.actions,
    data: props.data === undefined ? "any" : named.data,
  });
}

/** `<dataset>:<kind>` for each kind of the access */
export function dataKeys(access: DataAccess): string[] {
  return access.kinds.map((kind) => `${access.dataset.name}:${kind}`);
}
