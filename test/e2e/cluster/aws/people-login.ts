import { type IncomingMessage, request as ask, type ServerResponse } from "node:http";
import { developmentPeople } from "../../../../cli/dev/issuer/development-people";
import { METADATA_PATH, type Signed, TOKEN_PATH, UserIssuer } from "../../../../cli/dev/issuer/user-issuer";
import type { RegistryPeople } from "../../../../domain/registry/people";
import { fleet } from "../../../../fleet";
import { platform } from "../../../../fleet/platform";
import { CALLBACK } from "../../../../runtime/exchange/approver-page/identity-provider";

const DOMAIN = "acme.example";
const AUTHORIZE = "/authorize";
const SIGN_IN = "/sign-in";

/**
 * Where people of the example log in who decide or stop agents: authorization code flow with PKCE, and ID tokens with their
 * groups. It asks for no password, and takes a person's word for name and groups.
 */
export class PeopleLogin {
  private readonly provider: UserIssuer;

  /** @param issuer https address, by which the front is reached */
  constructor(
    private readonly issuer: string,
    signed: Signed,
  ) {
    // Users' clients get their tokens without a browser: no agent is asked for here.
    this.provider = new UserIssuer({ issuer: () => issuer, fleet, spiffeIdOf: () => undefined, audience: "", signed });
    const people = platform.people as RegistryPeople;
    this.provider.registerPeople(developmentPeople(people, DOMAIN), `https://${people.host}${CALLBACK}`);
  }

  public listen(): Promise<void> {
    return this.provider.listen();
  }

  public close(): Promise<void> {
    return this.provider.close();
  }

  /** ID token of a person who has logged in just now, for a command line */
  public idTokenOf(user: string, groups: readonly string[]): string {
    return this.provider.idTokenOf(user, groups);
  }

  /** @returns whether it is a request of people's browsers, or of the page that they log in to */
  public answers(request: IncomingMessage, response: ServerResponse, body: string): boolean {
    const { method, url = "/" } = request;
    const { pathname } = new URL(url, this.issuer);
    const asked = `${method} ${pathname}`;
    if (asked === `GET ${METADATA_PATH}`) say(response, 200, this.metadata);
    else if (asked === `POST ${TOKEN_PATH}`) say(response, ...this.provider.token(new URLSearchParams(body)));
    else if (asked === `GET ${AUTHORIZE}` || asked === `POST ${SIGN_IN}`) this.toSignIn(request, response, body);
    else return false;
    return true;
  }

  private get metadata(): object {
    return { ...this.provider.metadata, authorization_endpoint: `${this.issuer}${AUTHORIZE}` };
  }

  /** Its page listens on the loopback, and knows itself by that address alone. */
  private toSignIn({ method, url = "/", headers }: IncomingMessage, response: ServerResponse, body: string): void {
    const { authorization_endpoint: own } = this.provider.metadata as { readonly authorization_endpoint: string };
    const to = new URL(url, own);
    const named = { host: to.host, ...(headers.origin === this.issuer && { origin: to.origin }) };
    const passed = ask(to, { method, headers: { ...headers, ...named } }, (answered) => {
      response.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(response);
    });
    passed.on("error", () => response.destroy());
    passed.end(body);
  }
}

function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}
