import type { Clock } from "../clock";
import type { AccessTokenClaims } from "../token/access-token";
import { userOf } from "../token/subject-id";
import type { Credential, OutboundCredential, TokenFacts } from "./credential";
import { Kept } from "./kept";

/** Seconds before its end from which a credential is got again */
const MARGIN_SECONDS = 60;

/** Which requests share a credential: all, or only those of one user through one chain of actors */
export type SharedBy = "all" | "user";

/** A credential that is got once and given until a minute before its end. */
export class KeptCredential implements OutboundCredential {
  private readonly kept: Kept<Credential>;

  constructor(
    private readonly credential: OutboundCredential,
    private readonly sharedBy: SharedBy,
    clock: Clock,
  ) {
    this.kept = new Kept(clock, MARGIN_SECONDS);
  }

  /** The signal is its own: others may wait for the same. */
  public async headersFor(facts: TokenFacts): Promise<Credential> {
    return this.kept.get(this.nameFor(facts.claims), (signal) => this.credential.headersFor(facts, signal));
  }

  public keptFor(claims: AccessTokenClaims): Credential | undefined {
    return this.kept.known(this.nameFor(claims));
  }

  private nameFor(claims: AccessTokenClaims): string {
    return this.sharedBy === "all" ? "" : holderOf(claims);
  }
}

/** The actors too, because the tool's server was told of them: what one agent got is not another's. */
function holderOf({ sub_id, act }: AccessTokenClaims): string {
  const user = userOf(sub_id);
  return JSON.stringify([user && [user.issuer, user.subject], actorsOf(act)]);
}

function actorsOf({ sub, act }: AccessTokenClaims["act"]): readonly string[] {
  return [sub, ...(act === undefined ? [] : actorsOf(act))];
}
