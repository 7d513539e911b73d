import type { Clock } from "../../clock";
import { KeysUnavailable } from "../../jose/key-source";
import { Refusal } from "../../refusal/refusal";
import type { AccessTokenClaims } from "../../token/access-token";
import type { TokenReader } from "../../token/token-reader";
import type { X509Svid } from "../../identity/x509-svid";
import { Denial } from "../denial";
import { type HeaderList, single } from "../request/headers";

const BEARER = /^Bearer +([A-Za-z0-9._-]+)$/i;

export interface BoundToken {
  readonly claims: AccessTokenClaims;
  /** As it was sent */
  readonly token: string;
}

/** Tokens of the exchange, for one audience and bound to the peer that sends them */
export class BoundTokens {
  constructor(
    private readonly tokens: Pick<TokenReader, "read">,
    private readonly clock: Clock,
  ) {}

  /** @throws Denial `gateway.token-missing`, `token.invalid`, `token.other-audience`, `gateway.exchange` */
  public async of(headers: HeaderList, peer: X509Svid, audience: string): Promise<BoundToken> {
    const token = BEARER.exec(single(headers, "authorization") ?? "")?.[1];
    if (token === undefined) throw Denial.of("gateway.token-missing");
    const claims = await this.read(token);
    const { cnf, client_id: client, aud } = claims;
    const bound = "x5t#S256" in cnf && cnf["x5t#S256"] === peer.thumbprint && client === peer.spiffeId;
    if (!bound) throw invalid("the token must be bound to the certificate of the connection");
    if (aud !== audience) throw invalid(`the token is for ${aud}, and the request for ${audience}`);
    return { claims, token };
  }

  private async read(token: string): Promise<AccessTokenClaims> {
    try {
      return await this.tokens.read(token, this.clock());
    } catch (error) {
      if (error instanceof Refusal) throw new Denial("invalid_token", error.reasons, { cause: error });
      if (error instanceof KeysUnavailable) throw Denial.of("gateway.exchange", undefined, { cause: error });
      throw error;
    }
  }
}

function invalid(what: string): Denial {
  const [reason] = Refusal.of("token.invalid", what).reasons;
  return new Denial("invalid_token", reason === undefined ? [] : [reason]);
}
