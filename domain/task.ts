import { Approval } from "./approval";
import { Budget } from "./budget";
import { AwsDataset, DataAccess, joinedByDataset } from "./dataset";
import { budgetKey } from "./decision/budget-key";
import { Delegation } from "./delegation";
import { type Enforcement, type Observed, observedOf } from "./enforcement";
import { onlyKnown, refuse, shown } from "./errors";
import { LIMITS } from "./limits";
import { Order } from "./order";
import { TASK, whole } from "./registry/names";
import { checkTask } from "./rules/task-rules";
import { Sensitivity } from "./sensitivity";
import type { Way } from "./serve";
import { type ToolAction, ToolGrant } from "./tool";
import { Ttl, type TtlInput } from "./ttl";

const NAME = whole(TASK);

export const STARTS = ["user", "schedule", "event", "delegation", "agent"] as const satisfies readonly Start[];
/** What may start a task. `agent`, by itself, is the riskiest. */
export type Start = "user" | "schedule" | "event" | "delegation" | "agent";

export interface TaskSpec {
  /** What may start it; the exchange asks for evidence of the start */
  readonly startedBy: Start | readonly Start[];
  /**
   * Tool actions it may call. They open no data.
   *
   * @default - none
   */
  readonly tools?: readonly ToolGrant[];
  /**
   * Data it may use, each dataset named by itself.
   *
   * @default - none
   */
  readonly data?: readonly DataAccess[];
  /**
   * Tasks of other agents it may hand work to.
   *
   * @default - none
   */
  readonly delegates?: readonly Delegation[];
  /**
   * Who decides on every call of every action the task grants.
   *
   * @default - none
   */
  readonly approval?: Approval;
  /**
   * How often, or how much in sum.
   *
   * @default - no limit
   */
  readonly budget?: Budget | readonly Budget[];
  /**
   * Which actions must have succeeded before which.
   *
   * @default - none
   */
  readonly order?: Order | readonly Order[];
  /**
   * How long one run may take, at most 1 h.
   *
   * @default 15 min
   */
  readonly ttl?: TtlInput;
  /**
   * Whether budgets, order and intent refuse, or only note what they would refuse. Refused for confidential data.
   *
   * @default "enforce"
   */
  readonly enforcement?: Enforcement;
}

/** A declared intent of one agent, with its defaults settled and its rules checked. */
export class Task {
  public readonly startedBy: readonly Start[];
  public readonly tools: readonly ToolGrant[];
  public readonly data: readonly DataAccess[];
  public readonly delegates: readonly Delegation[];
  public readonly approval: Approval | undefined;
  public readonly budgets: readonly Budget[];
  public readonly orders: readonly Order[];
  public readonly ttl: Ttl;
  /** Undefined if everything is enforced */
  public readonly observed: Observed | undefined;

  constructor(
    agent: string,
    public readonly name: string,
    spec: TaskSpec,
    /** Ways in by which callers start it */
    public readonly servedBy: readonly Way[] = [],
  ) {
    const where = `agent ${shown(agent)} task ${shown(name)}`;
    if (!NAME.test(name) || name.endsWith("-")) {
      const what =
        "a task's name must be lower-case letters, digits and inner hyphens, at most 32, starting with a letter";
      refuse("name.malformed", where, `${what}, got ${shown(name)}`);
    }
    onlyKnown(spec, KEYS, where);
    checkKinds(spec, where);
    this.startedBy = starts(spec.startedBy, where);
    // INVARIANT: the lists are copies, so that callers cannot add to them after the rules were checked.
    this.tools = once(spec.tools ?? [], (grant) => grant.tool.name, where, "tools");
    this.data = joinedByDataset(spec.data ?? [], where, "data");
    this.delegates = once(spec.delegates ?? [], (edge) => edge.target, where, "delegates");
    this.approval = spec.approval;
    this.budgets = once(list(spec.budget), budgetKey, where, "budget");
    this.orders = list(spec.order);
    this.ttl = Ttl.from(spec.ttl ?? LIMITS.taskTtl.default, where, "ttl").atMost(LIMITS.taskTtl.ceiling, where, "ttl");
    this.observed = observedOf(spec.enforcement ?? "enforce", where);
    checkTask(this, where);
  }

  /** Data reached with AWS credentials */
  public get awsData(): readonly DataAccess<AwsDataset>[] {
    return this.data.filter((access): access is DataAccess<AwsDataset> => access.dataset instanceof AwsDataset);
  }

  public get actions(): readonly ToolAction[] {
    return this.tools.flatMap((grant) => grant.actions);
  }

  /** A start that has no user; a delegation has the user of its chain, if there is one */
  public get startWithoutUser(): Start | undefined {
    return this.startedBy.find((start) => start !== "user" && start !== "delegation");
  }

  /** Whether what starts it from outside may be untrusted */
  public get startsTainted(): boolean {
    return this.servedBy.some((way) => this.startedBy.some((start) => start !== "agent" && way.taints(start)));
  }

  /** Highest sensitivity of any data the task may use */
  public get highestSensitivity(): Sensitivity {
    return Sensitivity.highest(this.data.map((access) => access.dataset.sensitivity));
  }

  /** Highest sensitivity the task may read */
  public get highestRead(): Sensitivity {
    return Sensitivity.highest(this.data.filter((access) => access.reads).map((access) => access.dataset.sensitivity));
  }
}

const KEYS = ["approval", "budget", "data", "delegates", "enforcement", "order", "startedBy", "tools", "ttl"];

/** A value made by hand, or by another copy of the package, would slip past the checks of its kind: refuse it. */
function checkKinds(spec: TaskSpec, where: string): void {
  const kinds: readonly [string, readonly unknown[], (value: unknown) => boolean, string][] = [
    ["tools", spec.tools ?? [], (value) => value instanceof ToolGrant, "tool.allow(…)"],
    ["data", spec.data ?? [], (value) => value instanceof DataAccess, "dataset.read() and its like"],
    ["delegates", spec.delegates ?? [], (value) => value instanceof Delegation, "Agent.task(…)"],
    ["approval", list(spec.approval), (value) => value instanceof Approval, "Approval.from(…)"],
    ["budget", list(spec.budget), (value) => value instanceof Budget, "Budget.perDay(…) and its like"],
    ["order", list(spec.order), (value) => value instanceof Order, "Order.of(…)"],
  ];
  for (const [property, values, isOurs, maker] of kinds) {
    if (!values.every(isOurs)) {
      const sentence = `${property} holds a value that was made by hand or by another copy of the package`;
      refuse("value.foreign", where, `${sentence}: make it with ${maker}`);
    }
  }
}

function starts(startedBy: TaskSpec["startedBy"], where: string): readonly Start[] {
  const given = list(startedBy);
  if (given.length === 0) {
    refuse(
      "start.missing",
      where,
      `startedBy must name what may start the task: one or several of ${STARTS.join(", ")}`,
    );
  }
  const unknown = given.find((start) => !STARTS.includes(start));
  if (unknown !== undefined) {
    refuse("start.unknown", where, `startedBy must be among ${STARTS.join(", ")}, got ${shown(unknown)}`);
  }
  return STARTS.filter((start) => given.includes(start));
}

/** Refuses two entries about one thing: the reader of a review should find each grant in one place. */
function once<T>(entries: readonly T[], nameOf: (entry: T) => string, where: string, property: string): readonly T[] {
  const seen = new Set<string>();
  for (const entry of entries) {
    const name = nameOf(entry);
    if (seen.has(name)) {
      refuse(
        "grant.duplicate",
        where,
        `${property} names ${shown(name)} twice: write one entry with everything it needs`,
      );
    }
    seen.add(name);
  }
  return [...entries];
}

function list<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? [...value] : [value as T];
}
