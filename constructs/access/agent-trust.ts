import type { AgentDeclaration } from "../../domain";
import { refuse, SESSION_TAG } from "../../domain";
import { withoutScheme } from "../../domain/issuer-address";
import { type Condition, PolicyDocument, type Statement } from "../../iam";
import { STS_AUDIENCE } from "../platform/names";
import type { Platform } from "../platform/platform";
import { withinSize } from "./size";

/** Who may become the agent's role, until the agent expires. */
export function agentTrust(agent: AgentDeclaration, platform: Platform): PolicyDocument {
  const document = PolicyDocument.of(statements(agent, platform));
  const advice = `shorten the platform's name, or raise aws.quotas.trustPolicyCharacters once AWS has raised the quota`;
  withinSize(agent.where, "trust policy", document, platform.quotas.trustPolicyCharacters, advice);
  return document;
}

function statements(agent: AgentDeclaration, platform: Platform): readonly Statement[] {
  switch (agent.credentials) {
    case "brokered":
      return brokered(agent, platform);
    case "oidc":
      return oidc(agent, platform);
    case "roles-anywhere":
      return rolesAnywhere(agent, platform);
  }
}

function beforeExpiry(agent: AgentDeclaration): Condition {
  return { DateLessThan: { "aws:CurrentTime": agent.expires.timestamp } };
}

/**
 * The exchange may assume the role, and must name the agent it acts for.
 *
 * The principal is the account, and the exchange's role is a condition: if that role is recreated, no trust breaks. One
 * statement per action, because each action has its own condition keys (Service Authorization Reference, STS).
 */
function brokered(agent: AgentDeclaration, platform: Platform): readonly Statement[] {
  const from = (action: string, condition: Condition): Statement => ({
    Effect: "Allow",
    Principal: { AWS: platform.accountRoot },
    Action: action,
    Condition: { ...condition, ArnEquals: { "aws:PrincipalArn": platform.exchangeRoleArn }, ...beforeExpiry(agent) },
  });
  const self = { StringEquals: { "sts:SourceIdentity": agent.name } };
  return [
    from("sts:AssumeRole", self),
    from("sts:SetSourceIdentity", self),
    from("sts:TagSession", {
      "ForAllValues:StringEquals": { "aws:TagKeys": Object.values(SESSION_TAG).sort() },
      StringEquals: { [`aws:RequestTag/${SESSION_TAG.agent}`]: agent.name },
    }),
  ];
}

function oidc(agent: AgentDeclaration, platform: Platform): readonly Statement[] {
  const issuer = withoutScheme(platform.issuer);
  const claims = { [`${issuer}:aud`]: STS_AUDIENCE, [`${issuer}:sub`]: `${agent.spiffeId(platform.trustDomain)}` };
  return [
    {
      Effect: "Allow",
      Principal: { Federated: platform.oidcProviderArn(platform.issuer) },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: { StringEquals: claims, ...beforeExpiry(agent) },
    },
  ];
}

/** Without the SAN condition, any certificate below the anchor could become the role. */
function rolesAnywhere(agent: AgentDeclaration, platform: Platform): readonly Statement[] {
  const anchor =
    platform.trustAnchorArn ??
    refuse(
      "federated.refused",
      agent.where,
      `credentials { federated: "roles-anywhere" } need a trust anchor: write its ARN into the platform's aws.rolesAnywhere.trustAnchorArn`,
    );
  return [
    {
      Effect: "Allow",
      Principal: { Service: "rolesanywhere.amazonaws.com" },
      Action: ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
      Condition: {
        StringEquals: { "aws:PrincipalTag/x509SAN/URI": `${agent.spiffeId(platform.trustDomain)}` },
        ArnEquals: { "aws:SourceArn": anchor },
        ...beforeExpiry(agent),
      },
    },
  ];
}
