import type { UserGrant } from "../../../domain";
import type { Clock } from "../../clock";
import { ACCESS_TOKEN_URN, JWT_URN, TOKEN_EXCHANGE_GRANT } from "../../token/token-answer";
import type { ClientAuthentication } from "../client-authentication";
import type { Credential, OutboundCredential, TokenFacts } from "../credential";
import type { PostForm } from "../form-post";
import { ASSERTION_TYPE, type Assertions } from "../signed";
import { subjectThere } from "../subject";
import { exchangedTokenIn, tokenIn } from "../token-answer";

export interface UserGrantProps {
  /** Claim `iss` of the exchange */
  readonly issuer: string;
  readonly identity: UserGrant;
  readonly clients: ClientAuthentication;
  readonly assertions: Assertions;
  readonly post: PostForm;
  readonly clock: Clock;
}

/** How the exchange's word for a user is handed over, and what comes back */
export interface Trade {
  readonly form: (assertion: string) => Readonly<Record<string, string>>;
  readonly credential: typeof tokenIn;
}

/** RFC 7523 section 2.1 */
export const CHAINED: Trade = {
  form: (assertion) => ({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion }),
  credential: tokenIn,
};

/** RFC 8693 section 2.1 */
export const TOKEN_EXCHANGE: Trade = {
  form: (assertion) => ({
    grant_type: TOKEN_EXCHANGE_GRANT,
    subject_token: assertion,
    subject_token_type: JWT_URN,
    requested_token_type: ACCESS_TOKEN_URN,
  }),
  credential: exchangedTokenIn,
};

/** The user's token at the tool's own server: the exchange signs who the user is and who acts, and trades it there. */
export class UserGrantCredential implements OutboundCredential {
  constructor(
    private readonly props: UserGrantProps,
    private readonly trade: Trade,
  ) {}

  public async headersFor(facts: TokenFacts, signal: AbortSignal): Promise<Credential> {
    const { issuer, identity, clients, assertions, post, clock } = this.props;
    const { tokenEndpoint: address, audience, scope, client, subject } = identity;
    const { act, txn, exp } = facts.claims;
    const sub = subjectThere(facts, subject);
    const now = clock();
    const [proof, assertion] = await Promise.all([
      clients.of(client, audience, signal),
      assertions.sign(ASSERTION_TYPE, { iss: issuer, sub, aud: audience, client_id: client.id, act, txn }, exp),
    ]);
    const form = { ...this.trade.form(assertion), ...(scope === undefined ? {} : { scope }), ...proof.form };
    const answer = await post({ address, form, headers: proof.headers, signal });
    return this.trade.credential(answer, new URL(address).origin, now);
  }
}
