import { type Outbound, secretsOf } from "../../../domain";
import { allow, type Statement } from "../../../iam";
import { noticePlaces } from "../../platform/notices";
import type { Platform } from "../../platform/platform";
import { secretsOfSignals } from "../../platform/signals";

/** Both are the only ones of their kind in an account and region. */
const [DIRECTORY, VAULT] = ["workload-identity-directory/default", "token-vault/default"];

/** What the exchange may do for the identities, notices and signals that the platform names, and for no others */
export function outboundAccess(platform: Platform): readonly Statement[] {
  const { outbound, signals } = platform;
  const ofNotices = noticePlaces(platform).map(({ secret }) => secret);
  const ofTools = outbound === undefined ? [] : secretsOf(outbound);
  const secrets = sorted([...ofTools, ...ofNotices, ...secretsOfSignals(signals)]);
  return [
    ...(secrets.length === 0 ? [] : [allow("secretsmanager:GetSecretValue", secrets)]),
    ...(outbound === undefined ? [] : agentCoreAccess(platform, outbound)),
  ];
}

/** AgentCore developer guide, "Scope down access to credential providers by workload identity" */
function agentCoreAccess(platform: Platform, { tools, services }: Outbound): readonly Statement[] {
  const held = {
    users: Object.values(tools).filter((identity) => identity.kind === "agentcore"),
    workloads: Object.values(services).filter((identity) => identity.kind === "agentcore"),
  };
  const all = [...held.users, ...held.workloads];
  const of = (credential: string) => all.filter((identity) => identity.credential === credential);
  return [
    ...tokens("GetWorkloadAccessTokenForUserId", held.users),
    ...tokens("GetWorkloadAccessToken", held.workloads),
    ...resources("GetResourceOauth2Token", of("oauth"), "oauth2credentialprovider"),
    ...resources("GetResourceApiKey", of("api-key"), "apikeycredentialprovider"),
  ];

  function tokens(action: string, identities: readonly { readonly workload: string }[]): readonly Statement[] {
    if (identities.length === 0) return [];
    return [allow(`bedrock-agentcore:${action}`, workloadsOf(identities))];
  }

  function resources(
    action: string,
    identities: readonly { readonly workload: string; readonly provider: string }[],
    kind: string,
  ): readonly Statement[] {
    if (identities.length === 0) return [];
    const providers = sorted(identities.map(({ provider }) => `${VAULT}/${kind}/${provider}`));
    return [allow(`bedrock-agentcore:${action}`, [...workloadsOf(identities), ...[VAULT, ...providers].map(arn)])];
  }

  function workloadsOf(identities: readonly { readonly workload: string }[]): readonly string[] {
    const names = sorted(identities.map(({ workload }) => workload));
    return [DIRECTORY, ...names.map((name) => `${DIRECTORY}/workload-identity/${name}`)].map(arn);
  }

  function arn(resource: string): string {
    return `arn:${platform.partition}:bedrock-agentcore:${platform.region}:${platform.account}:${resource}`;
  }
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
