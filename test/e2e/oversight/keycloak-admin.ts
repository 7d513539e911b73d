import { tlsFetch } from "../../support/exchange/tls-fetch";
import { ROBOT_KEY } from "../gateway/secret-server";
import { ADMIN } from "./keycloak";
import { OFFICE, PASSWORD, type PersonName, PUSHED, REALM, RECEIVER } from "./keycloak-realm";

/** How a stream is delivered (OpenID Shared Signals Framework 1.0 section 6.1) */
export type Delivery =
  | { readonly method: "urn:ietf:rfc:8936" }
  | { readonly method: "urn:ietf:rfc:8935"; readonly endpoint_url: string; readonly authorization_header: string };

/** A stream of security events, as Keycloak describes it, and whose it is */
export interface Stream {
  readonly client: string;
  readonly stream_id: string;
  readonly aud: string | readonly string[];
  readonly delivery: { readonly endpoint_url: string };
}

type SsfEndpoint = "configuration_endpoint" | "verification_endpoint";

interface Named {
  readonly id: string;
  readonly name: string;
}

const STREAM_SCOPES = ["ssf.manage", "ssf.read"];

/** What administrators, users and the exchange's client do at Keycloak over its own interfaces */
export class KeycloakAdmin {
  private readonly ask: typeof fetch;
  private readonly admin: string;

  /** @param issuer claim `iss` of the realm's tokens. @param ca PEM of who vouches for it */
  constructor(
    private readonly issuer: string,
    ca: string,
  ) {
    this.ask = tlsFetch({ ca });
    this.admin = issuer.replace("/realms/", "/admin/realms/");
  }

  /** An access token of the person, who has just logged in */
  public async login(username: PersonName, password = PASSWORD): Promise<string> {
    const form = { grant_type: "password", client_id: OFFICE, username, password, scope: "openid" };
    return this.token(this.issuer, form);
  }

  /** Let tokens of the client of users always have this scope, and the exchange's clients ask for those of streams. */
  public async allowScopes(name: string): Promise<void> {
    await this.allow(OFFICE, name, "default");
    for (const client of [RECEIVER, PUSHED]) {
      for (const one of STREAM_SCOPES) await this.allow(client, one, "optional");
    }
  }

  private async allow(clientId: string, name: string, kind: "default" | "optional"): Promise<void> {
    const scope = (await this.scopeOf(name)) ?? (await this.madeScope(name));
    const [client] = (await this.read(`/clients?clientId=${clientId}`)) as readonly Named[];
    await this.change("PUT", `/clients/${client?.id}/${kind}-client-scopes/${scope?.id}`);
  }

  private async madeScope(name: string): Promise<Named | undefined> {
    const attributes = { "include.in.token.scope": "true" };
    await this.change("POST", "/client-scopes", { name, protocol: "openid-connect", attributes });
    return this.scopeOf(name);
  }

  private async scopeOf(name: string): Promise<Named | undefined> {
    return ((await this.read("/client-scopes")) as readonly Named[]).find((each) => each.name === name);
  }

  public async logOut(name: PersonName): Promise<void> {
    await this.change("POST", `/users/${await this.idOf(name)}/logout`);
  }

  public async setPassword(name: PersonName, value: string): Promise<void> {
    const credential = { type: "password", value, temporary: false };
    await this.change("PUT", `/users/${await this.idOf(name)}/reset-password`, credential);
  }

  /** Puts the person into the group, or takes the person out of it. */
  public async setMember(name: PersonName, group: string, isMember: boolean): Promise<void> {
    const [found] = (await this.read(`/groups?exact=true&search=${group}`)) as readonly Named[];
    await this.change(isMember ? "PUT" : "DELETE", `/users/${await this.idOf(name)}/groups/${found?.id}`);
  }

  /** `sub` of the person's tokens */
  public async idOf(name: PersonName): Promise<string> {
    const [user] = (await this.read(`/users?exact=true&username=${name}`)) as readonly { readonly id: string }[];
    return user?.id as string;
  }

  /** What a client of the exchange asks for by a standard request (OpenID Shared Signals Framework 1.0 section 8.1.1.1) */
  public async stream(client: string, delivery: Delivery, events: readonly string[]): Promise<Stream> {
    const asked = { delivery, events_requested: events };
    const created = await this.asReceiver(client, "configuration_endpoint", "POST", asked);
    return { ...((await created.json()) as Omit<Stream, "client">), client };
  }

  /** OpenID Shared Signals Framework 1.0 section 8.1.1.3 */
  public async redirect({ client, stream_id }: Stream, delivery: Delivery): Promise<void> {
    await this.asReceiver(client, "configuration_endpoint", "PATCH", { stream_id, delivery });
  }

  /** OpenID Shared Signals Framework 1.0 section 8.1.4.2. @param state left out of what an administrator asks for */
  public async verify({ client, stream_id }: Stream, state?: string): Promise<void> {
    const asked = { stream_id, ...(state !== undefined && { state }) };
    await this.asReceiver(client, "verification_endpoint", "POST", asked);
  }

  /** As its metadata has it (OpenID Shared Signals Framework 1.0 section 7.1) */
  public async described(endpoint: SsfEndpoint): Promise<string> {
    const described = await this.ask(`${this.issuer}/.well-known/ssf-configuration`);
    return ((await described.json()) as Readonly<Record<SsfEndpoint, string>>)[endpoint];
  }

  private async asReceiver(client: string, endpoint: SsfEndpoint, method: string, body: object): Promise<Response> {
    const address = await this.described(endpoint);
    const form = { grant_type: "client_credentials", client_id: client, client_secret: ROBOT_KEY };
    const token = await this.token(this.issuer, { ...form, scope: STREAM_SCOPES.join(" ") });
    return this.sound(this.ask(address, { method, headers: headersWith(token), body: JSON.stringify(body) }));
  }

  private async read(path: string): Promise<unknown> {
    const headers = headersWith(await this.adminToken());
    return (await this.sound(this.ask(`${this.admin}${path}`, { headers }))).json();
  }

  private async change(method: string, path: string, body: object = {}): Promise<void> {
    const headers = headersWith(await this.adminToken());
    await this.sound(this.ask(`${this.admin}${path}`, { method, headers, body: JSON.stringify(body) }));
  }

  private adminToken(): Promise<string> {
    const { name: username, password } = ADMIN;
    const form = { grant_type: "password", client_id: "admin-cli", username, password };
    return this.token(this.issuer.replace(REALM, "master"), form);
  }

  private async token(issuer: string, form: Readonly<Record<string, string>>): Promise<string> {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const body = new URLSearchParams(form).toString();
    const asked = this.ask(`${issuer}/protocol/openid-connect/token`, { method: "POST", headers, body });
    return ((await (await this.sound(asked)).json()) as { readonly access_token: string }).access_token;
  }

  private async sound(asked: Promise<Response>): Promise<Response> {
    const answer = await asked;
    if (answer.ok) return answer;
    throw new Error(`Keycloak answered ${answer.status}: ${await answer.text()}`);
  }
}

function headersWith(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}`, "content-type": "application/json" };
}
