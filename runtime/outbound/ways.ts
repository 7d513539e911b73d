import {
  type AgentCoreCredential as AgentCoreIdentity,
  identitiesOf,
  type Outbound,
  secretsOf,
  type ServiceCredential,
  type UserIdentity,
} from "../../domain";
import type { Clock } from "../clock";
import type { KeySet } from "../signer/key-set";
import { ClientAuthentication } from "./client-authentication";
import type { OutboundCredential } from "./credential";
import { formPost } from "./form-post";
import { KeptCredential } from "./kept-credential";
import { ApiKeyCredential } from "./kinds/api-key";
import { ClientCredentialsCredential } from "./kinds/client-credentials";
import { CHAINED, TOKEN_EXCHANGE, UserGrantCredential } from "./kinds/user-grant";
import type { OutboundConfig } from "./outbound-schema";
import { secretReader } from "./secret-reader";
import type { SecretReader } from "./secrets";
import { Assertions } from "./signed";

/** How each tool's credential is got */
export interface Ways {
  /** By name of a tool that acts as the user */
  readonly tools: ReadonlyMap<string, OutboundCredential>;
  /** By name of a service that tools act as */
  readonly services: ReadonlyMap<string, OutboundCredential>;
}

export const NO_WAYS: Ways = { tools: new Map(), services: new Map() };

export interface WaysProps {
  readonly config: OutboundConfig;
  /** Claim `iss` of the exchange */
  readonly issuer: string;
  /** The first one signs */
  readonly keys: KeySet;
  /** PEM of the authorities of authorization servers; without it, what Node trusts */
  readonly ca: string | undefined;
  readonly clock: Clock;
}

/** What the kinds are made of */
interface Parts extends Pick<WaysProps, "clock" | "issuer"> {
  readonly assertions: Assertions;
  readonly clients: ClientAuthentication;
  readonly post: ReturnType<typeof formPost>;
  readonly secrets: SecretReader;
  readonly agentCore: (identity: AgentCoreIdentity, forUser: boolean) => OutboundCredential;
}

export async function waysOf(props: WaysProps): Promise<Ways> {
  const { config, keys, clock, ca, issuer } = props;
  // What is left out is undefined by the schema, and left out by the type.
  const outbound = config as Outbound;
  const assertions = new Assertions(keys, clock);
  const secrets = await secretReader(secretsOf(outbound), config.secretsEndpoint, clock);
  const parts: Parts = {
    assertions,
    secrets,
    clients: new ClientAuthentication(secrets, assertions),
    post: formPost(ca),
    agentCore: await agentCoreFor(outbound, config, clock),
    issuer,
    clock,
  };
  return {
    tools: mapped(outbound.tools, (identity) => new KeptCredential(ofUser(identity, parts), "user", clock)),
    services: mapped(outbound.services, (identity) => new KeptCredential(ofService(identity, parts), "all", clock)),
  };
}

function mapped<T>(
  identities: Readonly<Record<string, T>>,
  made: (identity: T) => OutboundCredential,
): ReadonlyMap<string, OutboundCredential> {
  return new Map(Object.entries(identities).map(([name, identity]) => [name, made(identity)] as const));
}

function ofUser(identity: UserIdentity, parts: Parts): OutboundCredential {
  switch (identity.kind) {
    case "chained":
      return new UserGrantCredential({ ...parts, identity }, CHAINED);
    case "token-exchange":
      return new UserGrantCredential({ ...parts, identity }, TOKEN_EXCHANGE);
    case "agentcore":
      return parts.agentCore(identity, true);
  }
}

function ofService(identity: ServiceCredential, parts: Parts): OutboundCredential {
  switch (identity.kind) {
    case "client-credentials":
      return new ClientCredentialsCredential({ ...parts, identity });
    case "api-key":
      return new ApiKeyCredential(identity, parts.secrets);
    case "agentcore":
      return parts.agentCore(identity, false);
  }
}

/** Loaded only where AgentCore is named. */
async function agentCoreFor(
  outbound: Outbound,
  { agentCoreEndpoint: endpoint }: OutboundConfig,
  clock: Clock,
): Promise<Parts["agentCore"]> {
  if (!identitiesOf(outbound).some(({ kind }) => kind === "agentcore")) return () => never();
  const { BedrockAgentCoreClient } = await import("@aws-sdk/client-bedrock-agentcore");
  const { AgentCoreCredential, AGENTCORE_BOUNDS } = await import("./kinds/agentcore");
  return (identity, forUser) => {
    const { region } = identity;
    const settings = { ...AGENTCORE_BOUNDS, region, ...(endpoint !== undefined && { endpoint }) };
    return new AgentCoreCredential({ identity, forUser, client: new BedrockAgentCoreClient(settings), clock });
  };
}

function never(): never {
  throw new Error("AgentCore is named nowhere");
}
