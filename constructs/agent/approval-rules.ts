import { type AgentDeclaration, declaredAt, refuse, shown, type Task } from "../../domain";
import type { Platform } from "../platform/platform";

/**
 * Whether people of the platform can decide on what the task asks for.
 *
 * @throws DeclarationError `approval.unknown-group`, `approval.no-people`, `approval.above-clearance`
 */
export function canBeApproved(agent: AgentDeclaration, task: Task, platform: Platform): void {
  const group = task.approval?.group;
  if (group === undefined) return;
  const said = `task ${shown(task.name)} asks ${shown(group)} for approval`;
  const approvers = platform.approvers.get(group);
  if (approvers === undefined) {
    const known = [...platform.approvers.keys()].join(", ") || "none";
    const sentence = `${said}, which is no approver group of the platform (${known})`;
    const fix = "add it to approvers, or name one of them";
    refuse("approval.unknown-group", agent.where, `${sentence}: ${fix}${declaredAt(agent)}`);
  }
  if (platform.people === undefined) {
    const fix = "write the identity provider of its people into people, or leave approval out";
    const sentence = `${said}, and the platform does not say which people there are`;
    refuse("approval.no-people", agent.where, `${sentence}: ${fix}${declaredAt(agent)}`);
  }
  const { clearance } = approvers;
  const above = datasetsOf(task).find(({ sensitivity }) => !clearance.covers(sensitivity));
  if (above === undefined) return;
  const sentence = `${said}, which is cleared for ${clearance}, and works on ${above.name} (${above.sensitivity})`;
  const fix = `raise the clearance of ${shown(group)} in approvers, or ask another group`;
  refuse("approval.above-clearance", agent.where, `${sentence}: ${fix}${declaredAt(agent)}`);
}

/** What a request of the task may show: its own data, and what its tools touch */
function datasetsOf({ data, actions }: Task) {
  return [...data, ...actions.flatMap(({ touches }) => touches)].map(({ dataset }) => dataset);
}
