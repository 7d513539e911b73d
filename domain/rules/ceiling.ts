import { type DataAccess } from "../dataset";
import { LIMITS } from "../limits";
import { Sensitivity } from "../sensitivity";
import type { Task } from "../task";
import type { Ttl } from "../ttl";

/** What is named, or anything: then the task at the end bounds it */
export type Allowed = ReadonlySet<string> | "any";

export interface CeilingBounds {
  /** `<tool>.<action>` */
  readonly actions: Allowed;
  /** `<dataset>:<kind>` */
  readonly data: Allowed;
  readonly sensitivity: Sensitivity;
  readonly ttl: Ttl;
  /** Hops still allowed */
  readonly depth: number;
}

/** The most that a chain may do at one hop. Meeting two ceilings never gives more than either. */
export class Ceiling implements CeilingBounds {
  public readonly actions: Allowed;
  public readonly data: Allowed;
  public readonly sensitivity: Sensitivity;
  public readonly ttl: Ttl;
  public readonly depth: number;

  constructor(bounds: CeilingBounds) {
    this.actions = bounds.actions;
    this.data = bounds.data;
    this.sensitivity = bounds.sensitivity;
    this.ttl = bounds.ttl;
    this.depth = bounds.depth;
  }

  /** What both allow */
  public meet(other: Ceiling): Ceiling {
    return new Ceiling({
      actions: both(this.actions, other.actions),
      data: both(this.data, other.data),
      sensitivity: Sensitivity.lowest([this.sensitivity, other.sensitivity]),
      ttl: this.ttl.min(other.ttl),
      depth: Math.min(this.depth, other.depth),
    });
  }

  /** Whether `<tool>.<action>` is allowed */
  public allowsAction(name: string): boolean {
    return this.actions === "any" || this.actions.has(name);
  }

  /** Whether `<dataset>:<kind>` is allowed */
  public allowsData(key: string): boolean {
    return this.data === "any" || this.data.has(key);
  }

  public withDepth(depth: number): Ceiling {
    return new Ceiling({ ...this, depth });
  }

  /** In words, the first thing this allows and `other` does not; undefined when it is no wider. */
  public widerThan(other: Ceiling): string | undefined {
    const action = beyond(this.actions, other.actions);
    if (action !== undefined) return `it has no action ${action}`;
    const data = beyond(this.data, other.data);
    if (data !== undefined) return `it has no data ${data}`;
    if (!other.sensitivity.covers(this.sensitivity)) {
      return `sensitivity must be at most ${other.sensitivity}, got ${this.sensitivity}`;
    }
    if (this.ttl.seconds > other.ttl.seconds) return `ttl must be at most ${other.ttl}, got ${this.ttl}`;
    if (this.depth > other.depth) return `depth must be at most ${other.depth}, got ${this.depth}`;
    return undefined;
  }
}

/**
 * The ceiling at the end of a chain: what every edge and the last task allow.
 *
 * Undefined when some edge is one hop too many, or there is no edge.
 */
export function ceilingOfChain(edges: readonly Ceiling[]): Ceiling | undefined {
  let reached: Ceiling | undefined;
  for (const edge of edges) {
    if (!goesOn(reached, edge)) return undefined;
    reached = ceilingOver(reached, edge);
  }
  return reached;
}

type Hops = Pick<CeilingBounds, "depth">;

/** Whether a chain may run over this edge too */
export function goesOn(reached: Hops | undefined, edge: Hops): boolean {
  return hopsOver(reached, edge) >= 1;
}

/** What is left of a chain over one more edge, where it {@link goesOn} */
export function ceilingOver(reached: Ceiling | undefined, edge: Ceiling): Ceiling {
  return reached === undefined ? edge : reached.meet(edge).withDepth(hopsOver(reached, edge));
}

/** Hops that may still be made, the one over this edge included */
function hopsOver(reached: Hops | undefined, edge: Hops): number {
  return reached === undefined ? edge.depth : Math.min(edge.depth, reached.depth - 1);
}

/** Everything one task may do by itself. */
export function ceilingOfTask(task: Task): Ceiling {
  return new Ceiling({
    actions: new Set(task.tools.flatMap((grant) => grant.names)),
    data: new Set(task.data.flatMap((access) => access.kinds.map((kind) => `${access.dataset.name}:${kind}`))),
    sensitivity: clearanceOf(
      [...task.tools.map(({ tool }) => tool.clearance), ...task.servedBy.map(({ facts }) => facts.clearance)],
      task.data,
    ),
    ttl: task.ttl,
    depth: LIMITS.delegationDepth.ceiling,
  });
}

/** The lowest place that data may end up in: with a tool or a caller that is cleared for so much, or in data written to. */
function clearanceOf(cleared: readonly Sensitivity[], data: readonly DataAccess[]): Sensitivity {
  const written = data.filter((access) => access.writes).map((access) => access.dataset.sensitivity);
  return Sensitivity.lowest([...cleared, ...written]);
}

function both(left: Allowed, right: Allowed): Allowed {
  if (left === "any") return right;
  if (right === "any") return left;
  return new Set([...left].filter((item) => right.has(item)));
}

function beyond(left: Allowed, right: Allowed): string | undefined {
  if (right === "any") return undefined;
  if (left === "any") return "beyond those it names";
  return [...left].find((item) => !right.has(item));
}
