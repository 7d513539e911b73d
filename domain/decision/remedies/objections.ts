import { own } from "../../own";
import type { PolicyDocument, PolicyTask } from "../policy-document";
import { datasetAndKind, isWrite, sensitivityOf } from "./wording";

const CONFIDENTIAL = 2;
const WITHOUT_USER = ["schedule", "event", "agent"];

/**
 * Objections of the declaration rules (domain/rules) to a task, as far as the policy document shows them: an engine
 * would accept a policy that synth refuses. Delegates are not examined.
 */
export function objectionsTo(policy: PolicyDocument, task: PolicyTask): readonly string[] {
  const rank = (key: string): number => own(policy.datasets, datasetAndKind(key)[0]) ?? 3;
  const data = Object.keys(task.data);
  const read = Math.max(-1, task.aws?.reads ?? -1, ...data.filter((key) => !isWrite(key)).map(rank));
  const written = Math.min(4, ...data.filter(isWrite).map(rank));
  const tools = Object.keys(task.tools).flatMap((name) => {
    const tool = own(policy.tools, name);
    return tool === undefined ? [] : [{ name, ...tool }];
  });
  const found: string[] = [];
  for (const { name, clearance } of tools) {
    if (read > clearance) {
      found.push(`the task reads ${sensitivityOf(read)} data, and ${name} is cleared for ${sensitivityOf(clearance)}`);
    }
  }
  if (read > written) {
    found.push(`the task reads ${sensitivityOf(read)} data, and writes ${sensitivityOf(written)} data`);
  }
  if (Object.hasOwn(task.startedBy, "agent")) {
    if (Math.max(read, ...data.map(rank)) >= CONFIDENTIAL)
      found.push("the agent may start it itself, with confidential data");
    const high = Object.keys(task.actions).find((name) => isHigh(policy, name));
    if (high !== undefined) found.push(`the agent may start it itself, and ${high} has high impact`);
  }
  const alone = WITHOUT_USER.find((start) => Object.hasOwn(task.startedBy, start));
  const asUser = tools.find(({ actsAsUser }) => actsAsUser);
  if (alone !== undefined && asUser !== undefined) {
    found.push(`${asUser.name} acts as the user, and a start by ${alone} has none`);
  }
  const controlled = task.approvalGroup !== "" || Object.keys(task.budgets).length > 0 || task.orders.length > 0;
  if (controlled && task.aws !== null) {
    found.push("IAM sees no approval, budget or order, and the task has AWS data");
  }
  if (task.observeUntil > 0 && Math.max(read, ...data.map(rank)) >= CONFIDENTIAL) {
    found.push("the task only observes, and has confidential data");
  }
  return found;
}

function isHigh(policy: PolicyDocument, name: string): boolean {
  const dot = name.indexOf(".");
  return own(own(policy.tools, name.slice(0, dot))?.actions, name.slice(dot + 1))?.high === true;
}
