import { randomUUID } from "node:crypto";
import type { RequestListener } from "node:http";
import { importSPKI, jwtVerify } from "jose";
import { keyIdOf, keyPair, publicJwk, signedJwt } from "../../../../cli/dev/development-authority";
import { facts } from "../../../../fleet/platform";
import { recorder } from "../../../support/recorder";
import { LOGIN } from "./front";

const ISSUER = `https://${LOGIN}`;
const TOKEN_PATH = "/oauth2/v1/token";
const TOKEN_URL = `${ISSUER}${TOKEN_PATH}`;
/** Of the exchange, in the example's platform */
const CLIENT = "ambit-exchange";
const TOKEN_SECONDS = 300;

export interface UserEvidence {
  /** In `may_act` @default - none: then the client says which agents it is for */
  readonly agentId?: string;
  readonly scope: string;
  /** Whose token it is @default - that of no client */
  readonly client?: string;
}

/**
 * The users' login of the example's platform, as far as it is seen from the cluster: its keys, tokens of users that start
 * agents' tasks, and those that the exchange gets for a user at a tool
 */
export class Login {
  /** Tokens for tools, with whose they are: user, agent that acts, and scope */
  private readonly given = new Map<string, string>();
  private readonly pair = keyPair();

  /** @param exchangeKey PEM of the key by which it knows the exchange */
  constructor(private readonly exchangeKey: string) {}

  public get standIn(): readonly [host: string, listener: RequestListener] {
    const { publicKey } = this.pair;
    const key = { ...publicJwk(publicKey), kid: keyIdOf(publicKey), alg: "ES256", use: "sig" };
    const { listener, asked } = recorder((response, { url = "" }) => {
      const form = new URLSearchParams(asked.at(-1)?.body);
      const answer = url === TOKEN_PATH ? this.exchanged(form) : Promise.resolve({ keys: [key] });
      answer.then(
        (document) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(document)),
        ({ message }: Error) => response.writeHead(400).end(message),
      );
    });
    return [LOGIN, listener];
  }

  /** What alice's client shows so that an agent starts a task for her (RFC 9068, RFC 8693 section 4.4) */
  public token({ agentId, scope, client }: UserEvidence): string {
    const now = Math.floor(Date.now() / 1000);
    const header = { alg: "ES256", kid: keyIdOf(this.pair.publicKey), typ: "at+jwt" };
    const claims = {
      iss: ISSUER,
      aud: `https://exchange.${facts.trustDomain}`,
      sub: "alice",
      iat: now,
      exp: now + TOKEN_SECONDS,
      jti: randomUUID(),
      scope,
      ...(agentId !== undefined && { may_act: { sub: agentId } }),
      ...(client !== undefined && { client_id: client }),
    };
    return signedJwt(header, claims, this.pair.privateKey);
  }

  /** Whose token for a tool a header holds; undefined where it holds none that was given */
  public gave(authorization: string | undefined): string | undefined {
    return this.given.get(authorization?.replace(/^Bearer /, "") ?? "");
  }

  /** Whether such a token was ever given */
  public gaveAny(whose: string): boolean {
    return [...this.given.values()].includes(whose);
  }

  /**
   * A token at a tool: a user's, for the exchange's word of who that is and who acts (RFC 8693, RFC 7523), or the
   * exchange's own (RFC 6749 section 4.4)
   */
  private async exchanged(form: URLSearchParams): Promise<object> {
    const key = await importSPKI(this.exchangeKey, "ES256");
    const read = async (name: string) =>
      (await jwtVerify<{ act?: { sub?: string } }>(form.get(name) ?? "", key, { audience: [ISSUER, TOKEN_URL] }))
        .payload;
    const client = await read("client_assertion");
    if (client.sub !== CLIENT) throw new Error(`"${client.sub}" is no client`);
    const { sub, act } = form.has("subject_token") ? await read("subject_token") : client;
    const token = randomUUID();
    const whose = [sub, act?.sub?.split("/").at(-1), form.get("scope")].filter((one) => one !== undefined);
    this.given.set(token, whose.join(" "));
    return {
      access_token: token,
      issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
      token_type: "Bearer",
      expires_in: TOKEN_SECONDS,
    };
  }
}
