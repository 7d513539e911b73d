import { isAgentRole } from "../../agent-roles";
import type { Json } from "../../../../domain";
import { grantsOf } from "../../grants";
import { isBroad } from "../../managed-policies";
import { isComponentRole } from "../../private/component-roles";
import { type NamedPrincipal, principalsOf } from "../../principals";
import type { BlockRule } from "../../rule";

/** Roles of agents, and those that other workloads become: by a token, by a certificate, or by a service that runs their code. Roles of Ambit's own components are known by their name, their trust and their one policy; roles that AWS's services alone become have no need of one. */
export const boundaryMissing: BlockRule = {
  id: "AMBIT-IAM-BOUNDARY-MISSING",
  severity: "high",
  what: "a role that a workload becomes must have a permissions boundary",
  why: "a policy that is added later, by mistake or by an attacker, gives the workload any right of the account",
  fix: "set permissions_boundary to the ARN of the boundary policy",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI03", "owasp-asi/ASI10", "sp800-53/AC-6"],
  looksAt: ["aws_iam_role"],
  *check(block, stack) {
    if (bounds(block.body["permissions_boundary"] ?? null)) return;
    if (!isAgentRole(block)) {
      const trusted = [...grantsOf(block, stack, "trust")].flatMap(({ statement }) => principalsOf(statement));
      if (!trusted.some(isWorkload) || isComponentRole(block, stack)) return;
    }
    yield {
      what: "permissions_boundary",
      at: "permissions_boundary",
      evidence: block.body["permissions_boundary"] ?? null,
    };
  },
};

/** A boundary of AWS's own that allows everything bounds nothing. */
function bounds(boundary: Json): boolean {
  if (boundary === null || boundary === "") return false;
  const ofAws = /:iam::aws:policy\/(?:.*\/)?([^/]+)$/.exec(String(boundary));
  return ofAws === null || !isBroad(ofAws[1] as string);
}

/** Services that run code of their users with the role, or give machines and devices its credentials; of a region, some have its name */
const RUNNING =
  /^(?:airflow(?:-env)?|appstream|bedrock-agentcore|build\.apprunner|codebuild|credentials\.(?:deadline|iot)|ec2|ecs-tasks|emr-serverless|gamelift|glue|greengrass|kinesisanalytics|lambda|omics|pods\.eks|rolesanywhere|sagemaker|ssm|states|tasks\.apprunner)(?:\.[a-z]{2}(?:-[a-z]+)+-\d)?\.amazonaws\.com/;

function isWorkload({ type, value }: NamedPrincipal): boolean {
  return type === "Service" ? RUNNING.test(value) : type === "Federated" && !value.includes(":saml-provider/");
}
