import type { AgentDeclaration, Task } from "../../domain";
import { PolicyDocument, SESSION_POLICY_CHARACTERS_AT_SYNTH } from "../../iam";
import type { Platform } from "../platform/platform";
import { dataAllows } from "./data-grants";
import { withinSize } from "./size";

/**
 * What one task's AWS session may do: the exchange passes it to STS, which intersects it with the role.
 *
 * Undefined for a task without AWS data, and for federated agents, whose role is the task's own.
 *
 * @throws DeclarationError `too-large` over 1,900 characters.
 */
export function sessionPolicy(agent: AgentDeclaration, task: Task, platform: Platform): PolicyDocument | undefined {
  if (agent.credentials !== "brokered" || task.awsData.length === 0) return undefined;
  const document = PolicyDocument.of(dataAllows([task], agent, platform));
  const place = `${agent.where} task "${task.name}"`;
  withinSize(
    place,
    "session policy",
    document,
    SESSION_POLICY_CHARACTERS_AT_SYNTH,
    "split the task, so that each has less data",
  );
  return document;
}
