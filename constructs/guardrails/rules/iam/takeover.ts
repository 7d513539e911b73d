import { type Statement, valuesOf } from "../../../../iam";
import { ALL_SERVICES, coversAllOf, servicesCovered } from "../../action-patterns";
import type { Block } from "../../block";
import { grantsOf } from "../../grants";
import { typesWith } from "../../policies";
import { isComponentRole } from "../../private/component-roles";
import { componentNamed } from "../../private/component-trusts";
import { TAKING } from "../../private/escalating-actions";
import type { BlockRule } from "../../rule";
import type { StackJson } from "../../stack";

/**
 * `iam:PutRolePolicy` and its like have a rule of their own. SPIRE's server keeps one trust anchor up to date, by its ARN
 * (`rolesanywhere:UpdateTrustAnchor`); all anchors are a wildcard.
 */
export const takeover: BlockRule = {
  id: "AMBIT-IAM-TAKEOVER",
  severity: "high",
  what: "no policy may allow actions that take the rights of another identity",
  why: "the owner trusts an issuer of its own, takes a denial off, or has its code run as the other identity",
  fix: "leave the action out; a pipeline that deploys code acknowledges it, with its functions as Resource",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI03", "sp800-53/AC-6"],
  looksAt: typesWith("identity"),
  *check(block, stack) {
    for (const { at, statement, evidence } of grantsOf(block, stack, "identity"))
      for (const service of takenBy(statement))
        if (service !== AGENT_CORE || !isForUsersOfExchange(statement, block, stack))
          yield { what: service, at: `${at}.Action`, evidence };
  },
};

/** Services by whose actions a statement takes rights. All actions of a service, or of all, are a finding of a rule about wildcards. */
function takenBy(statement: Statement): readonly string[] {
  return servicesCovered(statement, TAKING).filter((service) =>
    service === ALL_SERVICES ? !isAboutAll(statement) : !coversAllOf(statement, service),
  );
}

/** Other than `*:UpdateFunctionCode`, which is about this action of each service */
function isAboutAll({ Action, NotAction }: Statement): boolean {
  return NotAction !== undefined || valuesOf(Action).some((pattern) => /^[*?:]+$/.test(pattern));
}

/** The exchange asks for tokens of users that it has authenticated, at identities that are named. */
function isForUsersOfExchange({ Action, Resource }: Statement, { type, body }: Block, stack: StackJson): boolean {
  const role = stack.referred(body["role"])?.block;
  return (
    valuesOf(Action).every((action) => action === `${AGENT_CORE}:GetWorkloadAccessTokenForUserId`) &&
    valuesOf(Resource).every((resource) => !/[*?]/.test(resource)) &&
    type === "aws_iam_role_policy" &&
    role !== undefined &&
    componentNamed(String(role.body["name"])) === "exchange" &&
    isComponentRole(role, stack)
  );
}

const AGENT_CORE = "bedrock-agentcore";
