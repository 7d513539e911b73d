import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { bodyOf } from "./body-of";
import { type DevelopmentAuthority, keyIdOf, keyPair, publicJwk, signedJwt } from "./development-authority";
import type { Fleet } from "../../domain";
import { STARTER_STARTS, type StarterStart } from "../../domain/rules/starts";
import { METADATA_PATH, TOKEN_PATH, UserIssuer } from "./issuer/user-issuer";
import { closed, listening, LOOPBACK } from "./loopback";
import { standInToken, type ToolTokens } from "./gateway/tool-credentials";

const TOOL_TOKENS = "/tools/token";
const USER_TOKEN_SECONDS = 900;
const START_TOKEN_SECONDS = 300;
const ID_TOKEN_SECONDS = 300;

/** Whose token it is to be, and for what */
export interface UserTokenRequest {
  readonly agentId: string;
  /** `<agent>.<task>` */
  readonly task: string;
  /** @default "alice" */
  readonly user?: string;
  /**
   * Of the user, verified.
   *
   * @default - none is known
   */
  readonly email?: string;
  /** Ask for a clean session though another lives. */
  readonly newSession?: boolean;
}

export interface DevelopmentIssuersProps {
  readonly authority: DevelopmentAuthority;
  /** The exchange's issuer: audience of everything */
  readonly audience: string;
  /** SPIFFE ID of an agent by its name; undefined if unknown */
  readonly spiffeIdOf: (agent: string) => string | undefined;
  /**
   * Whose users sign in, in a browser.
   *
   * @default - no user signs in
   */
  readonly fleet?: Fleet;
  readonly now?: () => Date;
}

/**
 * Stands for the users' identity provider, for the starters of schedules and events, and for SPIRE's JWT-SVIDs: it
 * gives tokens to every client, and therefore listens on loopback only.
 */
export class DevelopmentIssuers {
  private readonly users = keyPair();
  private readonly starter = keyPair();
  private readonly server: Server;
  /** The same issuer, for users in a browser */
  public readonly login: UserIssuer | undefined;
  private address = "";

  constructor(private readonly props: DevelopmentIssuersProps) {
    const { authority, fleet, spiffeIdOf, audience, now } = props;
    this.login =
      fleet &&
      new UserIssuer({
        issuer: () => this.userIssuer,
        fleet,
        spiffeIdOf,
        audience,
        signed: (typ, claims, aud, life) => this.signed(typ, { ...claims, aud }, this.users, life),
        now: now && (() => now().getTime()),
      });
    const { certificate, key } = authority.x509Svid(`spiffe://${authority.trustDomain}/development/issuers`, {
      dnsNames: ["localhost"],
      ipAddresses: [LOOPBACK],
    });
    this.server = createServer({ cert: certificate, key, requestTimeout: 10_000 }, (request, response) => {
      void this.answer(request, response);
    });
  }

  /** @param port 0 for any free one */
  public async listen(port = 0): Promise<string> {
    this.address = `https://${LOOPBACK}:${await listening(this.server, port)}`;
    await this.login?.listen();
    return this.address;
  }

  public async close(): Promise<void> {
    await this.login?.close();
    await closed(this.server);
  }

  public get userIssuer(): string {
    return `${this.address}/users`;
  }

  public get starterIssuer(): string {
    return `${this.address}/starter`;
  }

  public get svidKeys(): string {
    return `${this.address}/svid/keys`;
  }

  /**
   * Where the exchange gets what stand-ins of tools are called with.
   *
   * @param ca path of the authority in PEM that vouches for this server
   */
  public toolTokens(ca: string): ToolTokens {
    return { endpoint: `${this.address}${TOOL_TOKENS}`, issuer: this.address, ca };
  }

  /** Access token of a user that may start this task of this agent */
  public userToken({ agentId, task, user = "alice", email, newSession = false }: UserTokenRequest): string {
    const claims = {
      iss: this.userIssuer,
      sub: user,
      may_act: { sub: agentId },
      scope: `ambit:${task.replace(".", ":")}`,
      ...(email !== undefined && { email, email_verified: true }),
      ...(newSession && { ambit_session: "new" }),
    };
    return this.signed("at+jwt", claims, this.users, USER_TOKEN_SECONDS);
  }

  /** What starts one run of a task by schedule or event: by either, where it is not said by which */
  public startToken(agentId: string, task: string, start?: StarterStart): string {
    const claims = { iss: this.starterIssuer, sub: agentId, task, ...(start !== undefined && { ambit_start: start }) };
    return this.signed("ambit-start+jwt", claims, this.starter, START_TOKEN_SECONDS);
  }

  /** ID token of a person who has logged in just now at a client of these groups, as an approver or an operator shows it */
  public idToken(person: string, client: string, groups: readonly string[]): string {
    const claims = { iss: this.userIssuer, sub: person, aud: client, groups, auth_time: this.now };
    return this.signed("JWT", claims, this.users, ID_TOKEN_SECONDS);
  }

  private get now(): number {
    return Math.floor((this.props.now?.() ?? new Date()).getTime() / 1_000);
  }

  private signed(typ: string, claims: object, { privateKey, publicKey }: ReturnType<typeof keyPair>, life: number) {
    const { now } = this;
    const header = { alg: "ES256", kid: keyIdOf(publicKey), typ };
    const common = { aud: this.props.audience, iat: now, exp: now + life, jti: randomUUID() };
    return signedJwt(header, { ...common, ...claims }, privateKey);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const [status, type, text] = await this.answerTo(request);
      response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(text);
    } catch {
      response.destroy();
    }
  }

  private async answerTo(request: IncomingMessage): Promise<readonly [number, string, string]> {
    const { method, url, headers } = request;
    // A page in a browser on this machine is no developer.
    if (headers.origin !== undefined || `https://${headers.host}` !== this.address) return [403, "text/plain", ""];
    if (method === "GET") {
      const keys = url === `/users${METADATA_PATH}` ? this.login?.metadata : this.keysAt(url);
      return keys === undefined ? [404, "text/plain", ""] : [200, "application/json", JSON.stringify(keys)];
    }
    if (method === "POST" && url === TOOL_TOKENS) {
      return [200, "application/json", JSON.stringify(standInToken(new URLSearchParams(await bodyOf(request))))];
    }
    if (method === "POST" && url === `/users${TOKEN_PATH}` && this.login !== undefined) {
      const [status, body] = this.login.token(new URLSearchParams(await bodyOf(request)));
      return [status, "application/json", JSON.stringify(body)];
    }
    const token = method === "POST" ? this.tokenAt(url, new URLSearchParams(await bodyOf(request))) : undefined;
    return token === undefined ? [404, "text/plain", ""] : [200, "text/plain", token];
  }

  private keysAt(path: string | undefined): object | undefined {
    const keys = (pair: ReturnType<typeof keyPair>): object => ({
      keys: [{ ...publicJwk(pair.publicKey), kid: keyIdOf(pair.publicKey), alg: "ES256", use: "sig" }],
    });
    if (path === "/users/keys") return keys(this.users);
    if (path === "/starter/keys") return keys(this.starter);
    return path === "/svid/keys" ? this.props.authority.jwks() : undefined;
  }

  /** For `agent`, and where it is needed `task`, `start` and `user` */
  private tokenAt(path: string | undefined, form: URLSearchParams): string | undefined {
    const [agent, task] = [form.get("agent") ?? "", form.get("task") ?? ""];
    const agentId = this.props.spiffeIdOf(agent);
    if (agentId === undefined) return undefined;
    const user = form.get("user") ?? "alice";
    if (path === "/users/token") return this.userToken({ agentId, task: `${agent}.${task}`, user });
    if (path === "/starter/token") {
      const start = STARTER_STARTS.find((one) => one === form.get("start"));
      return this.startToken(agentId, task, start);
    }
    return path === "/svid/jwt" ? this.props.authority.jwtSvid(agentId, this.props.audience) : undefined;
  }
}
