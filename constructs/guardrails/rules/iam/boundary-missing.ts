import { isAgentRole } from "../../agent-roles";
import { existsWith } from "../../attached";
import type { Json } from "../../../../domain";
import type { Block } from "../../block";
import { grantsOf } from "../../grants";
import { isBroad } from "../../managed-policies";
import { isComponentRole } from "../../private/component-roles";
import { isArnOfAmbitBoundary, policiesMeant } from "../../private/named-boundaries";
import { type NamedPrincipal, principalsOf } from "../../principals";
import type { BlockRule } from "../../rule";
import type { StackJson } from "../../stack";
import { type BlockBody, isReference, UndecidedValue } from "../../value";

/** Roles of agents, and those that other workloads become: by a token, by a certificate, or by a service that runs their code. Roles of Ambit's own components are known by their name, their trust and their one policy; roles that AWS's services alone become have no need of one. */
export const boundaryMissing: BlockRule = {
  id: "AMBIT-IAM-BOUNDARY-MISSING",
  severity: "high",
  what: "a role that a workload becomes must have a permissions boundary that limits it",
  why: "a policy that is added later, by mistake or by an attacker, gives the workload any right of the account",
  fix: "set permissions_boundary to the platform's boundary, or to a policy of the stack: name it …-boundary, allow in it the services that are used alone, and deny all of iam, sts, organizations and sso on all resources",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI03", "owasp-asi/ASI10", "sp800-53/AC-6"],
  looksAt: ["aws_iam_role"],
  *check(block, stack) {
    if (!isOfWorkload(block, stack)) return;
    const at = "permissions_boundary";
    const written = block.body[at] ?? null;
    // What a policy of the stack allows is told at the policy. By an ARN, another may be meant where that one is never made.
    if (policiesMeant(written, stack).some((each) => existsWith(each, block))) return;
    const bounds = isBounding(written, stack);
    if (bounds === undefined)
      yield new UndecidedValue(at, written, `${at} is a policy that the stack does not have, or may not make`);
    else if (!bounds) yield { what: at, at, evidence: written };
  },
};

function isOfWorkload(block: Block, stack: StackJson): boolean {
  if (isAgentRole(block)) return true;
  const trusted = [...grantsOf(block, stack, "trust")].flatMap(({ statement }) => principalsOf(statement));
  return trusted.some(isWorkload) && !isComponentRole(block, stack);
}

/** Of a policy that is not of the stack; undefined where what it allows is not known */
function isBounding(boundary: Json, stack: StackJson): boolean | undefined {
  if (typeof boundary !== "string") return boundary === null ? false : undefined;
  // A boundary of AWS's own that allows everything bounds nothing.
  const ofAws = /^arn:[^:]*:iam::aws:policy\/(?:.*\/)?([^/]+)$/.exec(boundary)?.[1];
  if (ofAws !== undefined) return !isBroad(ofAws);
  if (isArnOfAmbitBoundary(boundary)) return true;
  const found = stack.referred(boundary)?.block;
  if (found?.address.startsWith("data.aws_iam_policy.") === true) return isFound(found.body, stack);
  return isReference(boundary) || /^arn:[^:]*:iam::\d{12}:policy\/./.test(boundary) ? undefined : false;
}

/** Of a policy that is looked up by its ARN or by its name */
function isFound({ arn, name }: BlockBody, stack: StackJson): boolean | undefined {
  if (typeof arn === "string") return isBounding(arn, stack);
  return typeof name === "string" && isBroad(name) ? false : undefined;
}

/** Services that run code of their users with the role, or give machines and devices its credentials; of a region, some have its name */
const RUNNING =
  /^(?:airflow(?:-env)?|appstream|bedrock-agentcore|build\.apprunner|codebuild|credentials\.(?:deadline|iot)|ec2|ecs-tasks|emr-serverless|gamelift|glue|greengrass|kinesisanalytics|lambda|omics|pods\.eks|rolesanywhere|sagemaker|ssm|states|tasks\.apprunner)(?:\.[a-z]{2}(?:-[a-z]+)+-\d)?\.amazonaws\.com/;

function isWorkload({ type, value }: NamedPrincipal): boolean {
  return type === "Service" ? RUNNING.test(value) : type === "Federated" && !value.includes(":saml-provider/");
}
