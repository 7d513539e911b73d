import type { AgentDeclaration } from "../../domain";
import { refuse } from "../../domain";
import { PolicyDocument, type Statement } from "../../iam";
import type { Platform } from "../platform/platform";
import { withinSize } from "./size";
import { trustStatements } from "./trust-statements";

/** Who may become the agent's role, until the agent expires. */
export function agentTrust(agent: AgentDeclaration, platform: Platform): PolicyDocument {
  const document = PolicyDocument.of(statementsOf(agent, platform));
  const advice = `shorten the platform's name, or raise aws.quotas.trustPolicyCharacters once AWS has raised the quota`;
  withinSize(agent.where, "trust policy", document, platform.quotas.trustPolicyCharacters, advice);
  return document;
}

function statementsOf(agent: AgentDeclaration, platform: Platform): readonly Statement[] {
  const { name, credentials, expires } = agent;
  const { accountRoot, exchangeRoleArn, issuer, trustAnchorArn } = platform;
  if (credentials === "roles-anywhere" && trustAnchorArn === undefined) {
    refuse(
      "federated.refused",
      agent.where,
      `credentials { federated: "roles-anywhere" } need a trust anchor: write its ARN into the platform's aws.rolesAnywhere.trustAnchorArn`,
    );
  }
  return trustStatements(
    { name, credentials, expires: expires.timestamp, spiffeId: `${agent.spiffeId(platform.trustDomain)}` },
    {
      accountRoot,
      exchangeRoleArn,
      issuer,
      oidcProviderArn: platform.oidcProviderArn(issuer),
      trustAnchorArn: trustAnchorArn ?? "",
    },
  );
}
