import type { ClientCredentials } from "../../../domain";
import type { Clock } from "../../clock";
import type { ClientAuthentication } from "../client-authentication";
import type { Credential, OutboundCredential, TokenFacts } from "../credential";
import type { PostForm } from "../form-post";
import { tokenIn } from "../token-answer";

export interface ClientCredentialsProps {
  readonly identity: Omit<ClientCredentials, "kind">;
  readonly clients: ClientAuthentication;
  readonly post: PostForm;
  readonly clock: Clock;
}

/** The tool's own token, the same for all callers (RFC 6749 section 4.4) */
export class ClientCredentialsCredential implements OutboundCredential {
  constructor(private readonly props: ClientCredentialsProps) {}

  public async headersFor(_: TokenFacts, signal: AbortSignal): Promise<Credential> {
    return clientToken(this.props, signal);
  }
}

/**
 * Ask for it.
 *
 * @throws OutboundFailure, Refusal `signer.unavailable`
 */
export async function clientToken(
  { identity, clients, post, clock }: ClientCredentialsProps,
  signal: AbortSignal,
): Promise<Credential> {
  const { tokenEndpoint: address, scope, audience, client } = identity;
  const now = clock();
  const proof = await clients.of(client, address, signal);
  const form = {
    grant_type: "client_credentials",
    ...(scope === undefined ? {} : { scope }),
    ...(audience === undefined ? {} : { audience }),
    ...proof.form,
  };
  return tokenIn(await post({ address, form, headers: proof.headers, signal }), new URL(address).origin, now);
}
