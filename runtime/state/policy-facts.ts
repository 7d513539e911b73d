import {
  type CallFacts,
  own,
  type PolicyDocument,
  type PolicyTask,
  Sensitivity,
  type SensitivityName,
} from "../../domain";
import { deniedBy } from "../refusal/denied";
import type { Known } from "./known";

/** @throws Refusal `task.undeclared` */
export function taskOf({ fleet, stored }: Pick<Known, "fleet" | "stored">): PolicyTask {
  const { spiffeId, task } = stored.run;
  const found = own(own(fleet.policy.agents, spiffeId)?.tasks, task);
  if (found === undefined) throw deniedBy("task.undeclared");
  return found;
}

export function callName({ tool, action }: Pick<CallFacts, "action" | "tool">): string {
  return `${tool}.${action}`;
}

/** Highest sensitivity that the call reads (docs/decisions.md, "read"); undefined if it reads nothing */
export function readBy({ tool, action, data }: CallFacts, policy: PolicyDocument): SensitivityName | undefined {
  const declared = own(own(policy.tools, tool)?.actions, action)?.touches ?? {};
  const read = [...data, ...Object.keys(declared)].flatMap((touched) => {
    const colon = touched.lastIndexOf(":");
    const [dataset, kind] = colon < 0 ? [touched, ""] : [touched.slice(0, colon), touched.slice(colon + 1)];
    if (kind === "write" || kind === "delete") return [];
    return [Sensitivity.all[own(policy.datasets, dataset) ?? Sensitivity.RESTRICTED.rank] as Sensitivity];
  });
  return read.length === 0 ? undefined : Sensitivity.highest(read).name;
}
