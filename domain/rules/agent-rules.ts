import type { AgentDeclaration } from "../agent";
import { refuse, shown } from "../errors";
import type { Task } from "../task";
import { flowProblem } from "./flow";
import { isOneKnower } from "./knowers";
import { selfStartsAreNotLockedOut } from "./self-starts";
import { servesItsTasks } from "./serving-rules";
import { sharedMemoryLocksNoEdge } from "./shared-memory";
import { taintedWrite } from "./taint";
import { flowOf } from "./task-rules";

/** What an agent must satisfy by itself, beyond the rules of its tasks. */
export function checkAgent(agent: AgentDeclaration): void {
  servesItsTasks(agent);
  for (const task of agent.tasks.values()) {
    const own = task.delegates.find((edge) => edge.agent.name === agent.name);
    if (own !== undefined) {
      const fix = "start the task by itself, or move the work to another agent";
      refuse(
        "delegation.self",
        agent.where,
        `task ${shown(task.name)} delegates to the agent itself (${own.target}): ${fix}`,
      );
    }
    ordersNameGrantedActions(agent, task);
    if (agent.credentials !== "brokered") checkFederated(agent, task);
  }
  const [way] = agent.ways;
  if (agent.credentials !== "brokered" && way !== undefined) {
    const sentence = `credentials { federated: "${agent.credentials}" } allow no serves (${way.facts.where}), as nothing holds what comes in`;
    refuse("federated.refused", agent.where, `${sentence}: use "brokered", or serve by another agent`);
  }
  if (isOneKnower(agent)) checkWholeFlow(agent);
  if (agent.memory === "shared") sharedMemoryLocksNoEdge(agent);
  selfStartsAreNotLockedOut(agent);
  const tainted = taintedWrite([agent]);
  if (tainted !== undefined) refuse("flow.tainted-write", agent.where, tainted.sentence);
}

/** What is read in one of its tasks counts in all of them. */
function checkWholeFlow(agent: AgentDeclaration): void {
  const flows = [...agent.tasks.values()].map(flowOf);
  const problem = flowProblem({
    reads: flows.flatMap((flow) => flow.reads),
    writes: flows.flatMap((flow) => flow.writes),
    tools: flows.flatMap((flow) => flow.tools),
  });
  if (problem === undefined) return;
  const because =
    agent.credentials === "brokered"
      ? `memory "shared" makes`
      : // Its pod holds the credentials of all its tasks at once, and no exchange sees what it read.
        `credentials { federated: "${agent.credentials}" } make`;
  refuse(problem.code, agent.where, `${because} one flow of all tasks: ${problem.sentence}, in another agent`);
}

/** A session spans the tasks of its agent, so what comes first may be the work of another of them. */
function ordersNameGrantedActions(agent: AgentDeclaration, task: Task): void {
  if (task.orders.length === 0) return;
  const granted = [...agent.tasks.values()].flatMap(({ tools, delegates }) =>
    [...tools, ...delegates].flatMap(({ names }) => names),
  );
  const unknown = task.orders.flatMap((order) => order.first).find((name) => !granted.includes(name));
  if (unknown !== undefined) {
    const sentence = `order of task ${shown(task.name)} names ${unknown}, which no task of the agent grants`;
    refuse("order.malformed", agent.where, `${sentence}: grant it in the tools or delegates of one, or leave it out`);
  }
}

/** STS knows a federated agent's identity but not its run, so everything that depends on the run is refused. */
function checkFederated(agent: AgentDeclaration, task: Task): void {
  const refused: readonly [boolean, string][] = [
    [task.highestSensitivity.isConfidential, `${task.highestSensitivity} data`],
    [task.startedBy.includes("user"), `startedBy "user"`],
    [task.approval !== undefined, "approval"],
    [task.startedBy.includes("delegation") || task.delegates.length > 0, "delegation"],
    [task.budgets.length > 0, "budget"],
    [task.orders.length > 0, "order"],
    [task.data.some((access) => access.boundTo !== undefined), "a bound table"],
  ];
  for (const [present, what] of refused) {
    if (present) {
      const sentence = `credentials { federated: "${agent.credentials}" } allow no ${what} (task ${shown(task.name)})`;
      refuse("federated.refused", agent.where, `${sentence}: use "brokered", or move the task to another agent`);
    }
  }
}
