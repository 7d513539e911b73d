import type { Clock } from "../clock";
import { Refusal } from "../refusal/refusal";
import type { TokenReader } from "../token/token-reader";
import type { TokenStanding } from "../token/token-standing";

export interface IntrospectionProps {
  readonly tokens: TokenReader;
  readonly standing: TokenStanding;
  /** SPIFFE IDs of those that may ask about any token */
  readonly services: ReadonlySet<string>;
  readonly clock: Clock;
}

/** RFC 7662 section 2.2: the whole answer for a token that is not active, or not this client's to see. */
const INACTIVE = { active: false } as const;

/** Says whether a token is active now: to listed services, and to the agent that it was issued to. */
export class Introspection {
  constructor(private readonly props: IntrospectionProps) {}

  /** @throws Refusal, StoreUnavailable or RegistryUnavailable if that cannot be said */
  public async introspect(token: string, client: string): Promise<Readonly<Record<string, unknown>>> {
    const { tokens, standing, services, clock } = this.props;
    const claims = await readOrNone(tokens, token, clock());
    if (claims === undefined || (claims.client_id !== client && !services.has(client))) return INACTIVE;
    if (!(await standing.stands(claims))) return INACTIVE;
    return { active: true, ...claims, token_type: "jkt" in claims.cnf ? "DPoP" : "Bearer" };
  }
}

/** The claims; undefined if it is not a valid token of this exchange */
export async function readOrNone(tokens: TokenReader, token: string, now: number) {
  try {
    return await tokens.read(token, now);
  } catch (error) {
    if (error instanceof Refusal && error.error === "invalid_token") return undefined;
    throw error;
  }
}
