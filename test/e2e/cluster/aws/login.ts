import { randomUUID } from "node:crypto";
import { keyIdOf, keyPair, publicJwk, signedJwt } from "../../../../cli/dev/development-authority";
import { facts } from "../../../../fleet/platform";
import { LOGIN } from "./front";

const ISSUER = `https://${LOGIN}`;
const TOKEN_SECONDS = 300;

/** The users' login of the example's platform, as far as the exchange sees it: keys and tokens */
export class Login {
  private readonly pair = keyPair();

  /** By its address, as the registry names it */
  public get keys(): readonly [address: string, document: object] {
    const { publicKey } = this.pair;
    const key = { ...publicJwk(publicKey), kid: keyIdOf(publicKey), alg: "ES256", use: "sig" };
    return [`${ISSUER}/oauth2/v1/keys`, { keys: [key] }];
  }

  /** What alice's client shows so that an agent starts a task for her (RFC 9068, RFC 8693 section 4.4) */
  public token(agentId: string, scope: string): string {
    const now = Math.floor(Date.now() / 1000);
    const header = { alg: "ES256", kid: keyIdOf(this.pair.publicKey), typ: "at+jwt" };
    const claims = {
      iss: ISSUER,
      aud: `https://exchange.${facts.trustDomain}`,
      sub: "alice",
      iat: now,
      exp: now + TOKEN_SECONDS,
      jti: randomUUID(),
      may_act: { sub: agentId },
      scope,
    };
    return signedJwt(header, claims, this.pair.privateKey);
  }
}
