import { valuesOf } from "../../iam";
import { own } from "../../domain";
import type { Change } from "../change";
import { type AgentAccess, type TaskAccess, taskOf } from "./task-access";
import type { Examples } from "./examples";
import type { FleetState } from "../reach/fleet-state";

/** Declared AWS data that an active agent cannot reach: every request of its task for it is refused. */
export function ungrantedAccess({ registry }: FleetState, access: AgentAccess, examples: Examples): readonly Change[] {
  const { name, tasks, roleless, principal } = access;
  if (own(registry?.agents, name)?.state !== "active") return [];
  const missing = roleless.map((task) =>
    change(
      `${name} declares data of AWS in task ${task}, and has no role for it`,
      "any request of the task",
      `${name}.tasks.${task}`,
    ),
  );
  // A role that the configuration does not hold is already reported as unknown.
  const held = tasks.filter((task) => principal.paths.some((path) => !path.ifUnread && taskOf(access, path) === task));
  return [...missing, ...held.flatMap((task) => ofTask(access, task, examples))];
}

function ofTask(access: AgentAccess, task: TaskAccess, examples: Examples): readonly Change[] {
  const { name, principal } = access;
  const paths = principal.paths.filter((path) => taskOf(access, path) === task);
  return task.data.flatMap(({ dataset, statements, problem }) => {
    const at = `${name}.tasks.${task.task}.data.${dataset}`;
    if (problem !== undefined) {
      return [
        change(`${name} declares ${dataset} in task ${task.task}, which AWS refuses for every principal`, problem, at),
      ];
    }
    return statements.flatMap((statement) =>
      examples.refusedOf({ name, paths, denies: principal.denies }, statement).map((action) => {
        const request = `${action} on ${valuesOf(statement.Resource ?? []).join(", ")}`;
        const what = `${name} declares ${dataset} in task ${task.task}, and may not use ${request}`;
        return change(what, `every request of task ${task.task} for it is refused`, at);
      }),
    );
  });
}

function change(what: string, witness: string, at: string): Change {
  return { kind: "action", what, witness, source: { address: `registry/agents.${at}` } };
}
