import type { AgentDeclaration, WayFacts } from "../../domain";

/** Whether a user, a schedule or an event may start something by it: another agent, and the agent itself, need no listener for users. */
export function isPublic({ tasks }: Pick<AgentDeclaration, "tasks">, way: Pick<WayFacts, "tasks">): boolean {
  return way.tasks.some((name) =>
    tasks.get(name)?.startedBy.some((start) => start !== "delegation" && start !== "agent"),
  );
}
