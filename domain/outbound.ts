/** An OAuth client that the exchange is at a tool's authorization server */
export type OutboundClient =
  | {
      readonly id: string;
      /** ARN of its secret in Secrets Manager (`client_secret_basic`) */
      readonly secret: string;
    }
  | {
      readonly id: string;
      /** The key with which the exchange signs tokens (`private_key_jwt`) */
      readonly key: "exchange";
    };

/** The user's own token at the tool's server: by an authorization grant of the exchange, or by token exchange */
export interface UserGrant {
  /** `chained`: RFC 7523; `token-exchange`: RFC 8693 */
  readonly kind: "chained" | "token-exchange";
  /** https address */
  readonly tokenEndpoint: string;
  /** Issuer of the tool's authorization server */
  readonly audience: string;
  /**
   * Scopes to ask for, parted by single spaces.
   *
   * @default - what that server gives by itself
   */
  readonly scope?: string;
  readonly client: OutboundClient;
  /**
   * Who the user is there: the user's `sub`, or a text with `{sub}` in it, by the user's issuer.
   *
   * @default "sub"
   */
  readonly subject?: "sub" | Readonly<Record<string, string>>;
}

/** A token of the tool's own (RFC 6749 section 4.4) */
export interface ClientCredentials {
  readonly kind: "client-credentials";
  /** https address */
  readonly tokenEndpoint: string;
  /**
   * Scopes to ask for, parted by single spaces.
   *
   * @default - what that server gives by itself
   */
  readonly scope?: string;
  /**
   * Parameter `audience` of the request.
   *
   * @default - none
   */
  readonly audience?: string;
  readonly client: OutboundClient;
}

/** A key in Secrets Manager */
export interface ApiKey {
  readonly kind: "api-key";
  /** ARN of the secret */
  readonly secret: string;
  /**
   * Member of the secret, where that is a JSON object.
   *
   * @default - the whole secret
   */
  readonly member?: string;
  /** Name of the header that it is sent in */
  readonly header: string;
  /**
   * What stands before it, such as `"Bearer "`.
   *
   * @default - nothing
   */
  readonly prefix?: string;
}

/** A credential that AgentCore Identity holds */
export interface AgentCoreCredential {
  readonly kind: "agentcore";
  /** Name of the workload identity that the exchange asks as */
  readonly workload: string;
  /** Name of the credential provider */
  readonly provider: string;
  /** A tool that acts as the user takes `oauth` alone: an API key belongs to no user. */
  readonly credential: "api-key" | "oauth";
  /**
   * Scopes of the token; with `oauth` only.
   *
   * @default - none
   */
  readonly scopes?: readonly string[];
  /** Name of the header that a key is sent in; with `api-key` only, and needed there */
  readonly header?: string;
  /**
   * What stands before a key; with `api-key` only.
   *
   * @default - nothing
   */
  readonly prefix?: string;
  /** Of AgentCore */
  readonly region: string;
}

/** What a tool that acts as the user is called with */
export type UserIdentity = UserGrant | AgentCoreCredential;

/** What a tool that acts as a service is called with */
export type ServiceCredential = ClientCredentials | ApiKey | AgentCoreCredential;

/** What tools are called with, besides the call itself */
export interface Outbound {
  /** By name of a tool that acts as the user */
  readonly tools: Readonly<Record<string, UserIdentity>>;
  /** By name of a service that tools act as */
  readonly services: Readonly<Record<string, ServiceCredential>>;
}

/** ARN of a secret, with the six characters that Secrets Manager ends its name with: region and account */
export const SECRET_ARN =
  /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):(\d{12}):secret:[A-Za-z0-9/_+=.@-]{1,505}-[A-Za-z0-9]{6}$/;

/** Names in AgentCore Identity */
export const AGENTCORE_NAME = /^[A-Za-z0-9_.-]{1,255}$/;

/** What may stand before a key in its header */
export const KEY_PREFIX = /^[\x21-\x7e][\x20-\x7e]{0,63}$/;

const HEADER_NAME = /^[A-Za-z][A-Za-z0-9-]{0,63}$/;
/** They say where a message ends and where it goes, or what Ambit itself says */
const OTHERS_HEADERS =
  /^(connection|content-.*|cookie|expect|forwarded|host|keep-alive|proxy-.*|te|trailer|transfer-encoding|txn-token|upgrade|via|x-forwarded-.*)$/i;

/** Whether a credential may be sent in this header */
export function isCredentialHeader(name: string): boolean {
  return HEADER_NAME.test(name) && !OTHERS_HEADERS.test(name);
}

const PLACE = "{sub}";

/** A text with `{sub}` in it exactly once */
export function isSubjectTemplate(template: string): boolean {
  return template.split(PLACE).length === 2;
}

export function subjectFrom(template: string, sub: string): string {
  // Not `replace`, which reads `$` in what it puts in.
  return template.split(PLACE).join(sub);
}

/** Two issuers whose users could get one subject; undefined if no text is made by two templates */
export function sharedSubjects(templates: Readonly<Record<string, string>>): readonly [string, string] | undefined {
  const parts = Object.entries(templates).map(([issuer, template]) => ({ issuer, ends: template.split(PLACE) }));
  for (const [index, { issuer, ends }] of parts.entries()) {
    const other = parts.slice(index + 1).find(({ ends: others }) => canMeet(ends, others));
    if (other !== undefined) return [issuer, other.issuer];
  }
  return undefined;
}

function canMeet([prefix = "", suffix = ""]: readonly string[], [other = "", last = ""]: readonly string[]): boolean {
  const begins = prefix.startsWith(other) || other.startsWith(prefix);
  return begins && (suffix.endsWith(last) || last.endsWith(suffix));
}

/** Identities for all tools */
export function identitiesOf({ tools, services }: Outbound): readonly (UserIdentity | ServiceCredential)[] {
  return [...Object.values(tools), ...Object.values(services)];
}

/** Every secret that is read for it, sorted, each once */
export function secretsOf(outbound: Outbound): readonly string[] {
  const secrets = identitiesOf(outbound).flatMap((identity) => {
    if (identity.kind === "api-key") return [identity.secret];
    return "client" in identity && "secret" in identity.client ? [identity.client.secret] : [];
  });
  return [...new Set(secrets)].sort();
}
