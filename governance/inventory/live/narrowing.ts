import type { SourceLine } from "../../../domain";
import type { AccessKind } from "../../../domain/dataset-props";
import { access } from "../../../domain/decision/remedies/wording";
import { type Calls, verdictOf } from "./access-verdict";
import type { DeclaredAgent, DeclaredData, DeclaredTask } from "./declared";
import type { Asked, DeployedRole } from "./deployed";
import type { Teller, Window } from "./verdict";

/** One access of a task to a dataset, and why its use is not known */
export interface Reasoned {
  readonly agent: string;
  readonly task: string;
  readonly data: string;
  readonly access: AccessKind;
  readonly because: string;
}

/** What told of one access whether it is used, and by which facts */
export interface Told extends Reasoned {
  readonly by: Teller;
}

export interface InUse extends Told {
  /** Last known use (RFC 3339, UTC) */
  readonly lastUsed: string;
}

/** Proposed change of one task's declaration */
export interface Narrowing {
  readonly agent: string;
  readonly task: string;
  /** Line of the agent's declaration, in which the task stands */
  readonly declaredAt?: SourceLine;
  readonly unused: readonly Told[];
  /** Property `data` of the task, by the names that values have by convention */
  readonly before: string;
  readonly after: string;
}

export interface Judged {
  readonly used: readonly InUse[];
  readonly narrowings: readonly Narrowing[];
  readonly unknown: readonly Reasoned[];
}

/** What each task of an agent may do with data, judged by the last use of its roles */
export function judged(
  agent: DeclaredAgent,
  roleOf: (task: DeclaredTask) => Asked<DeployedRole>,
  calls: Calls,
  window: Window,
): Judged {
  const narrowings: Narrowing[] = [];
  const used: InUse[] = [];
  const unknown: Reasoned[] = [];
  for (const task of agent.tasks) {
    const role = agent.state === "active" ? roleOf(task) : { unknown: `the agent is ${agent.state}` };
    const unused: Told[] = [];
    const left: DeclaredData[] = [];
    const copiedTo = writtenBy(agent, task);
    for (const data of task.data) {
      const kept = data.accesses.filter((kind) => {
        const verdict = verdictOf({ data, kind, copiedTo }, role, calls, window);
        const reasoned = {
          agent: agent.name,
          task: task.name,
          data: data.name,
          access: kind,
          because: verdict.because,
        };
        if (verdict.is === "unknown") unknown.push(reasoned);
        else if (verdict.is === "unused") unused.push({ ...reasoned, by: verdict.by });
        else used.push({ ...reasoned, by: verdict.by, lastUsed: new Date(verdict.last * 1000).toISOString() });
        return verdict.is !== "unused";
      });
      left.push({ ...data, accesses: kept });
    }
    if (unused.length === 0) continue;
    const { name, declaredAt } = agent;
    const texts = { before: declaration(task.data), after: declaration(left) };
    narrowings.push({ agent: name, task: task.name, ...(declaredAt && { declaredAt }), unused, ...texts });
  }
  return { narrowings, used, unknown };
}

/** Objects that sessions of the task's role may write, those of its other tasks too */
function writtenBy({ tasks }: DeclaredAgent, { role }: DeclaredTask): readonly DeclaredData[] {
  const own = tasks.filter((task) => task.role === role).flatMap(({ data }) => data);
  return own.filter(({ kind, accesses }) => kind === "bucket" && accesses.includes("write"));
}

/** `data: [articles.read(), tickets.readWrite()]` */
function declaration(data: readonly DeclaredData[]): string {
  const some = data.filter(({ accesses }) => accesses.length > 0);
  return `data: [${some.map(({ name, accesses }) => access(name, accesses)).join(", ")}]`;
}
