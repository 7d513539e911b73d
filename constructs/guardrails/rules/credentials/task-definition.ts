import type { Json } from "../../../../domain";
import { unescapeTerraform } from "../../../../iam";
import type { BlockRule } from "../../rule";
import { secretIn } from "../../secret-values";
import { UndecidedValue, isObject } from "../../value";

/** `environment` of each container; `secrets` names where ECS reads them. What a finding tells holds no secret. */
export const taskDefinition: BlockRule = {
  id: "AMBIT-CREDENTIALS-TASK-DEFINITION",
  severity: "critical",
  what: "a container of an ECS task may have no secret in its environment",
  why: "task definitions are kept in all their revisions, and everyone who may describe one reads the secret",
  fix: "name the secret in secrets with valueFrom, or read it by the task's role",
  standards: ["owasp-nhi/NHI2", "owasp-nhi/NHI7", "sp800-53/IA-5", "owasp-asi/ASI03", "owasp-mcp/MCP01"],
  looksAt: ["aws_ecs_task_definition"],
  *check({ body }, stack) {
    for (const container of containersOf(body["container_definitions"] ?? null)) {
      if (!isObject(container) || !Array.isArray(container["environment"])) continue;
      for (const variable of container["environment"] as readonly Json[]) {
        if (!isObject(variable)) continue;
        const name = String(variable["name"]);
        const kind = secretIn(name, variable["value"], stack);
        if (kind === undefined) continue;
        yield { what: `${String(container["name"])}::${name}`, at: "container_definitions", evidence: kind };
      }
    }
  },
};

function containersOf(written: Json): readonly Json[] {
  const undecided = new UndecidedValue(
    "container_definitions",
    written,
    "container_definitions is known at apply only",
  );
  if (typeof written !== "string") throw undecided;
  try {
    const containers = JSON.parse(unescapeTerraform(written)) as Json;
    if (Array.isArray(containers)) return containers as readonly Json[];
  } catch {
    // Said below: an expression such as jsonencode(…) is no JSON.
  }
  throw undecided;
}
