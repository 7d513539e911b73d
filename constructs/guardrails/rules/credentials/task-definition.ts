import { taskContainersOf } from "../../private/task-containers";
import type { BlockRule } from "../../rule";
import { isStaticKey } from "../../secrets";
import { secretIn, secretInScript } from "../../secret-values";
import { isObject, listOf } from "../../value";

/** `environment` of each container, and what it runs; `secrets` names where ECS reads them. What a finding tells holds no secret. */
export const taskDefinition: BlockRule = {
  id: "AMBIT-CREDENTIALS-TASK-DEFINITION",
  severity: "critical",
  what: "a container of an ECS task may have no secret in its environment or command",
  why: "task definitions are kept in all their revisions, and everyone who may describe one reads the secret",
  fix: "name the secret in secrets with valueFrom, or read it by the task's role",
  standards: ["owasp-nhi/NHI2", "owasp-nhi/NHI7", "sp800-53/IA-5", "owasp-asi/ASI03", "owasp-mcp/MCP01"],
  looksAt: ["aws_ecs_task_definition"],
  *check(block, stack) {
    for (const container of taskContainersOf(block, stack)) {
      if (!isObject(container)) continue;
      const at = "container_definitions";
      for (const variable of listOf(container["environment"])) {
        if (!isObject(variable)) continue;
        const name = String(variable["name"]);
        const kind = secretIn(name, variable["value"], stack);
        if (kind !== undefined) yield { what: `${String(container["name"])}::${name}`, at, evidence: kind };
      }
      for (const { name } of listOf(container["secrets"]).filter(isObject)) {
        if (isStaticKey(String(name)))
          yield { what: `${String(container["name"])}::${String(name)}`, at, evidence: "access key of AWS" };
      }
      for (const name of ["command", "entryPoint"]) {
        const kind = secretInScript(listOf(container[name]).join(" "), stack);
        if (kind !== undefined) yield { what: `${String(container["name"])}::${name}`, at, evidence: kind };
      }
    }
  },
};
