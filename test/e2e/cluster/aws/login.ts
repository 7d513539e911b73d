import { randomUUID } from "node:crypto";
import type { RequestListener } from "node:http";
import { importSPKI, jwtVerify } from "jose";
import { keyIdOf, keyPair, publicJwk, signedJwt } from "../../../../cli/dev/development-authority";
import { facts } from "../../../../fleet/platform";
import { recorder } from "../../../support/recorder";
import { LOGIN } from "./front";
import { PeopleLogin } from "./people-login";

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
  /** @default "alice" */
  readonly user?: string;
}

/**
 * The users' login of the example's platform, as far as it is seen from the cluster: its keys, tokens of users that start
 * agents' tasks, those that the exchange gets for a user at a tool, and people who log in to decide
 */
export class Login {
  /** Tokens for tools, with whose they are: user, agents that act, the last one first, and scope */
  private readonly given = new Map<string, string>();
  /** Those that it signed */
  private readonly signedTokens: string[] = [];
  private readonly pair = keyPair();
  public readonly people = new PeopleLogin(ISSUER, (...of) => this.signed(...of));

  private constructor(private readonly exchangeKey: string) {}

  /** @param exchangeKey PEM of the key by which it knows the exchange */
  public static async start(exchangeKey: string): Promise<Login> {
    const login = new Login(exchangeKey);
    await login.people.listen();
    return login;
  }

  public stop(): Promise<void> {
    return this.people.close();
  }

  /** Every token that it gave: what is written of a request has none of them. */
  public get tokens(): readonly string[] {
    return [...this.given.keys(), ...this.signedTokens];
  }

  public get standIn(): readonly [host: string, listener: RequestListener] {
    const { publicKey } = this.pair;
    const key = { ...publicJwk(publicKey), kid: keyIdOf(publicKey), alg: "ES256", use: "sig" };
    const { listener, asked } = recorder((response, request) => {
      const { url = "" } = request;
      const body = asked.at(-1)?.body ?? "";
      if (this.people.answers(request, response, body)) return;
      const form = new URLSearchParams(body);
      const answer = url === TOKEN_PATH ? this.exchanged(form) : Promise.resolve({ keys: [key] });
      answer.then(
        (document) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(document)),
        ({ message }: Error) => response.writeHead(400).end(message),
      );
    });
    return [LOGIN, listener];
  }

  /** What a user's client shows so that an agent starts a task for that user (RFC 9068, RFC 8693 section 4.4) */
  public token({ agentId, scope, client, user = "alice" }: UserEvidence): string {
    const claims = {
      iss: ISSUER,
      sub: user,
      scope,
      ...(agentId !== undefined && { may_act: { sub: agentId } }),
      ...(client !== undefined && { client_id: client }),
    };
    return this.signed("at+jwt", claims, `https://exchange.${facts.trustDomain}`, TOKEN_SECONDS);
  }

  /** Whose token for a tool a header holds; undefined where it holds none that was given */
  public gave(authorization: string | undefined): string | undefined {
    return this.given.get(authorization?.replace(/^Bearer /, "") ?? "");
  }

  /** Whether this token was ever issued */
  public gaveAny(whose: string): boolean {
    return [...this.given.values()].includes(whose);
  }

  private signed(typ: string, claims: object, aud: string, seconds: number): string {
    const now = Math.floor(Date.now() / 1000);
    const header = { alg: "ES256", kid: keyIdOf(this.pair.publicKey), typ };
    const all = { ...claims, aud, iat: now, exp: now + seconds, jti: randomUUID() };
    const token = signedJwt(header, all, this.pair.privateKey);
    this.signedTokens.push(token);
    return token;
  }

  /**
   * A token at a tool: a user's, for the exchange's word of who that is and who acts (RFC 8693, RFC 7523), or the
   * exchange's own (RFC 6749 section 4.4)
   */
  private async exchanged(form: URLSearchParams): Promise<object> {
    const key = await importSPKI(this.exchangeKey, "ES256");
    const read = async (name: string) =>
      (await jwtVerify<{ act?: Actor }>(form.get(name) ?? "", key, { audience: [ISSUER, TOKEN_URL] })).payload;
    const client = await read("client_assertion");
    if (client.sub !== CLIENT) throw new Error(`"${client.sub}" is no client`);
    const { sub, act } = form.has("subject_token") ? await read("subject_token") : client;
    const token = randomUUID();
    this.given.set(token, [sub, ...actors(act), form.get("scope")].join(" "));
    return {
      access_token: token,
      issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
      token_type: "Bearer",
      expires_in: TOKEN_SECONDS,
    };
  }
}

/** Who acts, and for which agent (RFC 8693 section 4.1) */
interface Actor {
  readonly sub: string;
  readonly act?: Actor;
}

function actors(act: Actor | undefined): readonly (string | undefined)[] {
  return act === undefined ? [] : [act.sub.split("/").at(-1), ...actors(act.act)];
}
