import { SESSION_TAG } from "../../domain";
import { withoutScheme } from "../../domain/issuer-address";
import type { CredentialsKind } from "../../domain";
import type { Condition, Statement } from "../../iam";
import { STS_AUDIENCE } from "../platform/names";

/** What a trust policy takes from an agent */
export interface TrustedAgent {
  readonly name: string;
  readonly spiffeId: string;
  readonly credentials: CredentialsKind;
  /** ISO 8601 */
  readonly expires: string;
}

/** What it takes from a platform */
export interface TrustingPlatform {
  readonly accountRoot: string;
  readonly exchangeRoleArn: string;
  readonly issuer: string;
  readonly oidcProviderArn: string;
  readonly trustAnchorArn: string;
}

/** Who may become the agent's role: coverage compares an output with it. */
export function trustStatements(agent: TrustedAgent, platform: TrustingPlatform): readonly Statement[] {
  switch (agent.credentials) {
    case "brokered":
      return brokered(agent, platform);
    case "oidc":
      return oidc(agent, platform);
    case "roles-anywhere":
      return rolesAnywhere(agent, platform);
  }
}

function beforeExpiry({ expires }: TrustedAgent): Condition {
  return { DateLessThan: { "aws:CurrentTime": expires } };
}

/**
 * The exchange may assume the role, and must name the agent it acts for.
 *
 * The principal is the account, and the exchange's role is a condition: if that role is recreated, no trust breaks. One
 * statement per action, because each action has its own condition keys (Service Authorization Reference, STS).
 */
function brokered(agent: TrustedAgent, platform: TrustingPlatform): readonly Statement[] {
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

function oidc(agent: TrustedAgent, platform: TrustingPlatform): readonly Statement[] {
  const issuer = withoutScheme(platform.issuer);
  const claims = { [`${issuer}:aud`]: STS_AUDIENCE, [`${issuer}:sub`]: agent.spiffeId };
  return [
    {
      Effect: "Allow",
      Principal: { Federated: platform.oidcProviderArn },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: { StringEquals: claims, ...beforeExpiry(agent) },
    },
  ];
}

/** Without the SAN condition, any certificate below the anchor could become the role. */
function rolesAnywhere(agent: TrustedAgent, platform: TrustingPlatform): readonly Statement[] {
  return [
    {
      Effect: "Allow",
      Principal: { Service: "rolesanywhere.amazonaws.com" },
      Action: ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
      Condition: {
        StringEquals: { "aws:PrincipalTag/x509SAN/URI": agent.spiffeId },
        ArnEquals: { "aws:SourceArn": platform.trustAnchorArn },
        ...beforeExpiry(agent),
      },
    },
  ];
}
