import type { Ledger } from "../../audit/audit";
import type { Clock } from "../../clock";
import { type DpopProof, verifyDpop } from "../../identity/dpop";
import { Refusal } from "../../refusal/refusal";
import { StoreConflict } from "../../store/store";
import type { AccessTokenClaims } from "../../token/access-token";
import { proofWrite } from "../../token/proof";
import type { TokenReader } from "../../token/token-reader";
import { addressOf } from "./client-authentication";
import type { Connection, TokenAuthentication } from "./parts";
import type { Peers } from "./peer-svids";

export interface BoundTokensProps {
  /** The exchange's own https origin: what a proof is for */
  readonly issuer: string;
  readonly peers: Peers;
  readonly tokens: TokenReader;
  /** @throws Refusal `store.restored`, StoreUnavailable: proofs are noted in the store that tokens were issued from */
  readonly state: () => Promise<unknown>;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/** RFC 6750 section 2.1, RFC 9449 section 7.1 */
const AUTHORIZATION = /^(Bearer|DPoP) +([A-Za-z0-9._~+/-]+=*)$/i;

/** Access tokens in `Authorization`, whose sender proves that they were issued to it */
export class BoundTokens implements TokenAuthentication {
  constructor(private readonly props: BoundTokensProps) {}

  public async holder(request: Request, connection: Connection, audience: string): Promise<AccessTokenClaims> {
    const [, scheme, token] = AUTHORIZATION.exec(request.headers.get("authorization") ?? "") ?? [];
    if (scheme === undefined || token === undefined) throw invalid("Authorization must have a bound access token");
    const claims = await this.props.tokens.read(token, this.props.clock());
    if (claims.aud !== audience) throw invalid(`the token must be of audience ${audience}`);
    if ("jkt" in claims.cnf) await this.proven(request, scheme, token, claims);
    else this.certified(connection, scheme, claims.cnf["x5t#S256"], claims.client_id);
    return claims;
  }

  private certified(connection: Connection, scheme: string, thumbprint: string, client: string): void {
    if (scheme.toLowerCase() !== "bearer") throw invalid("a token that is bound to a certificate is sent as Bearer");
    const svid = this.props.peers.of(connection);
    if (svid?.thumbprint !== thumbprint || svid.spiffeId !== client) {
      throw invalid("the token must be bound to the certificate of the connection");
    }
  }

  private async proven(
    request: Request,
    scheme: string,
    accessToken: string,
    claims: AccessTokenClaims,
  ): Promise<void> {
    const { client_id: client, cnf } = claims;
    if (scheme.toLowerCase() !== "dpop") throw invalid("a token that is bound to a proof is sent as DPoP");
    const { issuer, clock } = this.props;
    const [url, now] = [addressOf(issuer, request), clock()];
    const proof = await verifyDpop(request.headers.get("dpop") ?? "", {
      method: request.method,
      url,
      now,
      accessToken,
    });
    if (!("jkt" in cnf) || proof.jkt !== cnf.jkt)
      throw invalid("the proof must be of the key that the token is bound to");
    await this.usedOnce(proof, client, now);
  }

  private async usedOnce(proof: DpopProof, client: string, now: number): Promise<void> {
    // After all checks that a stranger can fail, because this costs a read.
    await this.props.state();
    const event = { kind: "proof.used", time: now, facts: { spiffeId: client } };
    try {
      await this.props.ledger.commit({ writes: [proofWrite(proof, client)], event });
    } catch (error) {
      if (error instanceof StoreConflict && error.failed.length > 0) throw Refusal.of("dpop.replayed");
      throw error;
    }
  }
}

/** What is wrong goes into the log, never into the answer. */
function invalid(detail: string): Refusal {
  return Refusal.of("token.invalid", undefined, { cause: new Error(detail) });
}
