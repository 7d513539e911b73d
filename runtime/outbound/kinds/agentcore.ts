import {
  type BedrockAgentCoreClient,
  type BedrockAgentCoreClientConfig,
  GetResourceApiKeyCommand,
  GetResourceOauth2TokenCommand,
  GetWorkloadAccessTokenCommand,
  GetWorkloadAccessTokenForUserIdCommand,
} from "@aws-sdk/client-bedrock-agentcore";
import type { AgentCoreCredential as AgentCoreIdentity } from "../../../domain";
import type { Clock } from "../../clock";
import { userDigest } from "../../store/user-digest";
import { userOf } from "../../token/subject-id";
import {
  bearer,
  type Credential,
  headerValue,
  kindOf,
  type OutboundCredential,
  OutboundFailure,
  type TokenFacts,
} from "../credential";

/** Bounds for a client: two calls in 5 s */
export const AGENTCORE_BOUNDS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
} as const satisfies BedrockAgentCoreClientConfig;

/** Seconds; AgentCore does not say how long a key lasts */
const KEY_SECONDS = 300;

export interface AgentCoreProps {
  readonly identity: AgentCoreIdentity;
  /** Whether the user's rights are used */
  readonly forUser: boolean;
  readonly client: Pick<BedrockAgentCoreClient, "send">;
  readonly clock: Clock;
}

/** A credential that AgentCore Identity holds: the user's, who has agreed there, or that of the workload */
export class AgentCoreCredential implements OutboundCredential {
  constructor(private readonly props: AgentCoreProps) {}

  public async headersFor(facts: TokenFacts, signal: AbortSignal): Promise<Credential> {
    const { provider } = this.props.identity;
    try {
      return await this.credential(facts, signal);
    } catch (error) {
      if (error instanceof OutboundFailure) throw error;
      throw new OutboundFailure(`AgentCore gave nothing of ${provider}: ${kindOf(error)}`);
    }
  }

  private async credential(facts: TokenFacts, signal: AbortSignal): Promise<Credential> {
    const { identity, client, forUser, clock } = this.props;
    const { provider: resourceCredentialProviderName, credential, scopes = [], header = "", prefix = "" } = identity;
    const now = clock();
    const workloadIdentityToken = await this.workloadToken(facts, signal);
    const asked = { workloadIdentityToken, resourceCredentialProviderName };
    const from = `the answer of AgentCore for ${resourceCredentialProviderName}`;
    if (credential === "api-key") {
      const { apiKey = "" } = await client.send(new GetResourceApiKeyCommand(asked), { abortSignal: signal });
      const value = `${prefix}${headerValue(apiKey, from)}`;
      return { headers: { [header.toLowerCase()]: value }, expiresAt: now + KEY_SECONDS };
    }
    const oauth2Flow = forUser ? "USER_FEDERATION" : "M2M";
    const command = new GetResourceOauth2TokenCommand({ ...asked, scopes: [...scopes], oauth2Flow });
    const { accessToken, authorizationUrl } = await client.send(command, { abortSignal: signal });
    if (accessToken === undefined && authorizationUrl !== undefined) {
      throw new OutboundFailure(`the user has not agreed to ${resourceCredentialProviderName} in AgentCore`);
    }
    // AgentCore keeps the token, and does not say how long it lasts: the next call asks again.
    return { headers: bearer(accessToken ?? "", from), expiresAt: now };
  }

  private async workloadToken({ claims }: TokenFacts, signal: AbortSignal): Promise<string> {
    const { identity, client, forUser } = this.props;
    const { workload: workloadName } = identity;
    const options = { abortSignal: signal };
    if (!forUser) {
      const { workloadAccessToken } = await client.send(new GetWorkloadAccessTokenCommand({ workloadName }), options);
      return workloadAccessToken ?? "";
    }
    const user = userOf(claims.sub_id);
    if (user === null) throw new OutboundFailure("there is no user");
    // A digest, because a subject may be too long, and another user's at another issuer.
    const userId = userDigest(user);
    const command = new GetWorkloadAccessTokenForUserIdCommand({ workloadName, userId });
    const { workloadAccessToken } = await client.send(command, options);
    return workloadAccessToken ?? "";
  }
}
