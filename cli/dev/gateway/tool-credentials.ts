import type { Fleet } from "../../../domain";
import type { ExchangeConfig } from "../../../runtime/exchange/config";

/** Where stand-ins of tools have their tokens from */
export interface ToolTokens {
  /** https address of the token endpoint, and of its server */
  readonly endpoint: string;
  readonly issuer: string;
  /** Path of the authority in PEM that vouches for it */
  readonly ca: string;
}

/** What each tool of the fleet is called with here: a token of a stand-in, for the user or for the tool's own identity */
export function toolCredentials({ tools }: Fleet, { endpoint, issuer, ca }: ToolTokens): ExchangeConfig["outbound"] {
  const client = { id: "ambit", key: "exchange" } as const;
  const asUser = tools.filter(({ actsAs }) => actsAs === "user");
  const services = tools.flatMap(({ actsAs }) => (actsAs === "user" ? [] : [actsAs.service]));
  return {
    ca,
    tools: Object.fromEntries(
      asUser.map(({ name }) => [
        name,
        { kind: "token-exchange", tokenEndpoint: endpoint, audience: issuer, client } as const,
      ]),
    ),
    services: Object.fromEntries(
      services.map((service) => [
        service,
        { kind: "client-credentials", tokenEndpoint: endpoint, audience: service, client } as const,
      ]),
    ),
  };
}

/** A worthless token that names its subject (RFC 6749 section 5.1, RFC 8693 section 2.2.1) */
export function standInToken(form: URLSearchParams): object {
  const whose = subjectOf(form.get("subject_token")) ?? form.get("audience") ?? "";
  return {
    access_token: `development-only-${whose.replace(/[^\w.-]/g, "-")}`,
    issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
    token_type: "Bearer",
    expires_in: 300,
  };
}

/** Claim `sub` of an unverified JWT; no decision depends on it here. */
function subjectOf(token: string | null): string | undefined {
  try {
    const claims = JSON.parse(Buffer.from(token?.split(".")[1] ?? "", "base64url").toString()) as { sub?: unknown };
    return typeof claims.sub === "string" ? claims.sub : undefined;
  } catch {
    return undefined;
  }
}
