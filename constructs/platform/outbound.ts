import {
  AGENTCORE_NAME,
  type ClientCredentials,
  dnsLabel,
  identitiesOf,
  isCredentialHeader,
  isSubjectTemplate,
  KEY_PREFIX,
  onlyKnown,
  type Outbound,
  plainString,
  refuse,
  SCOPE,
  SCOPE_TOKEN,
  type ServiceCredential,
  sharedSubjects,
  shown,
  type UserIdentity,
} from "../../domain";
import { checkedCidr } from "./network";
import { secretProblem, type SecretReach } from "./secret-arn";

/** What tools are called with, besides the call itself. No agent ever sees it. */
export interface OutboundProps {
  /**
   * By name of a tool that acts as the user.
   *
   * @default - none: the exchange issues no credential for such a tool
   */
  readonly tools?: Readonly<Record<string, UserIdentity>>;
  /**
   * By name of a service that tools act as.
   *
   * @default - none: the exchange issues no credential for such a tool
   */
  readonly services?: Readonly<Record<string, ServiceCredential>>;
  /**
   * Address ranges (CIDR) of the authorization servers that are named.
   *
   * @default - none
   */
  readonly cidrs?: readonly string[];
}

export interface PlatformOutbound extends Outbound {
  readonly cidrs: readonly string[];
}

const KINDS = {
  chained: ["kind", "tokenEndpoint", "audience", "scope", "client", "subject"],
  "token-exchange": ["kind", "tokenEndpoint", "audience", "scope", "client", "subject"],
  "client-credentials": ["kind", "tokenEndpoint", "scope", "audience", "client"],
  "api-key": ["kind", "secret", "member", "header", "prefix"],
  agentcore: ["kind", "workload", "provider", "credential", "scopes", "header", "prefix", "region"],
} as const satisfies Readonly<Record<UserIdentity["kind"] | ServiceCredential["kind"], readonly string[]>>;

const OF_USERS = ["chained", "token-exchange", "agentcore"] as const;
const OF_SERVICES = ["client-credentials", "api-key", "agentcore"] as const;

/** @throws DeclarationError `platform.malformed`, `property.unknown` and others, naming the property */
export function outboundOf(props: OutboundProps, reach: SecretReach, where: string): PlatformOutbound {
  onlyKnown(props, ["tools", "services", "cidrs"], `${where}.outbound`);
  const { tools = {}, services = {}, cidrs = [] } = props;
  for (const [name, identity] of Object.entries(tools)) {
    const check = new IdentityCheck(dnsLabel(name, where, "outbound.tools"), "outbound.tools", reach, where);
    check.identity(identity, OF_USERS);
  }
  for (const [name, identity] of Object.entries(services)) {
    const check = new IdentityCheck(dnsLabel(name, where, "outbound.services"), "outbound.services", reach, where);
    check.identity(identity, OF_SERVICES);
  }
  const asked = identitiesOf({ tools, services }).some((identity) => "tokenEndpoint" in identity);
  if (asked && cidrs.length === 0) {
    const what = "outbound.cidrs must name the address ranges of the authorization servers, got []";
    refuse("platform.malformed", where, `${what}: the exchange reaches no others`);
  }
  return { tools, services, cidrs: cidrs.map((cidr) => checkedCidr(cidr, where, "outbound.cidrs")) };
}

/** One identity, whose properties messages name in full */
export class IdentityCheck {
  private readonly at: string;

  constructor(
    name: string,
    of: string,
    private readonly reach: SecretReach,
    private readonly where: string,
  ) {
    this.at = `${of}.${name}`;
  }

  public identity(identity: UserIdentity | ServiceCredential, kinds: readonly (keyof typeof KINDS)[]): void {
    const { kind } = identity;
    if (!kinds.includes(kind)) this.refuse("kind", `must be one of ${kinds.join(", ")}`, kind);
    onlyKnown(identity, KINDS[kind], `${this.where}.${this.at}`);
    switch (identity.kind) {
      case "chained":
      case "token-exchange":
        this.https("audience", identity.audience);
        this.subject(identity.subject);
        return this.atServer(identity);
      case "client-credentials":
        return this.atServer(identity);
      case "api-key":
        this.secret("secret", identity.secret);
        return this.header(identity);
      case "agentcore":
        return this.agentCore(identity, kinds === OF_USERS);
    }
  }

  public atServer({
    tokenEndpoint,
    scope,
    client,
  }: Pick<ClientCredentials, "client" | "scope" | "tokenEndpoint">): void {
    this.https("tokenEndpoint", tokenEndpoint);
    if (scope !== undefined) this.fits("scope", scope, SCOPE, "scopes, parted by single spaces");
    plainString(client?.id, this.where, `${this.at}.client.id`, "platform.malformed");
    onlyKnown(client, ["id", "secret", "key"], `${this.where}.${this.at}.client`);
    if ("secret" in client) return this.secret("client.secret", client.secret);
    if (client.key !== "exchange") this.refuse("client", 'must have secret (an ARN), or key: "exchange"', client);
  }

  private subject(subject: Extract<UserIdentity, { subject?: unknown }>["subject"]): void {
    if (subject === undefined || subject === "sub") return;
    const templates = Object.entries(subject);
    for (const [issuer, template] of templates) {
      this.https("subject", issuer);
      if (!isSubjectTemplate(template)) this.refuse("subject", "must hold texts with {sub} in them once", template);
    }
    const shared = sharedSubjects(subject);
    if (shared !== undefined) {
      this.refuse(
        "subject",
        `must tell the users of ${shared.join(" and ")} apart: let the texts begin or end in different ways`,
        subject,
      );
    }
  }

  private agentCore(
    { workload, provider, credential, scopes, region, ...key }: Extract<ServiceCredential, { kind: "agentcore" }>,
    forUser: boolean,
  ): void {
    this.fits("workload", workload, AGENTCORE_NAME, "a name of AgentCore Identity");
    this.fits("provider", provider, AGENTCORE_NAME, "a name of AgentCore Identity");
    if (region !== this.reach.region)
      this.refuse("region", `must be ${this.reach.region}, where the exchange reaches AWS`, region);
    if (credential !== "oauth" && (forUser || credential !== "api-key")) {
      this.refuse(
        "credential",
        forUser
          ? 'must be "oauth" where a tool acts as the user: an API key belongs to no user'
          : 'must be "api-key" or "oauth"',
        credential,
      );
    }
    for (const scope of scopes ?? []) this.fits("scopes", scope, SCOPE_TOKEN, "scopes without spaces");
    const odd = credential === "oauth" ? (key.header ?? key.prefix) : scopes;
    if (odd !== undefined)
      this.refuse(credential === "oauth" ? "header" : "scopes", `is not for ${credential}: leave it out`, odd);
    if (credential === "api-key") this.header(key);
  }

  private header({ header, prefix }: { readonly header?: string; readonly prefix?: string }): void {
    if (typeof header !== "string" || !isCredentialHeader(header)) {
      this.refuse("header", "must be the name of a header that a credential is sent in, such as x-api-key", header);
    }
    if (prefix !== undefined) this.fits("prefix", prefix, KEY_PREFIX, "at most 64 visible characters of ASCII");
  }

  public secret(property: string, arn: string): void {
    const problem = secretProblem(arn, this.reach);
    if (problem !== undefined) this.refuse(property, problem, arn);
  }

  public https(property: string, value: string): void {
    const text = plainString(value, this.where, `${this.at}.${property}`, "platform.malformed");
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url?.protocol !== "https:" || `${url.username}${url.password}${url.hash}` !== "") {
      this.refuse(property, "must be an https address without user and fragment", text);
    }
  }

  private fits(property: string, value: string, form: RegExp, what: string): void {
    if (typeof value !== "string" || !form.test(value)) this.refuse(property, `must be ${what}`, value);
  }

  private refuse(property: string, what: string, value: unknown): never {
    refuse("platform.malformed", this.where, `${this.at}.${property} ${what}, got ${shown(value)}`);
  }
}
