import type { Ledger } from "../audit/audit";
import type { Clock } from "../clock";
import { Refusal } from "../refusal/refusal";
import { revoke } from "../session/revocations";
import type { TokenReader } from "../token/token-reader";
import { readOrNone } from "./introspection";

export interface RevocationProps {
  readonly tokens: TokenReader;
  /** @throws Refusal `store.restored`, StoreUnavailable: what is written must be in the store that is read */
  readonly state: () => Promise<unknown>;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/** For which a revoked token is remembered after its end: other exchanges' clocks may be behind */
const MARGIN_SECONDS = 60;

/** RFC 7009: an agent gives back a token of its own. */
export class Revocation {
  constructor(private readonly props: RevocationProps) {}

  /**
   * Revoking an invalid or expired token succeeds.
   *
   * @throws Refusal if it was issued to another agent, and `store.restored`
   * @throws StoreUnavailable, StoreConflict: it may still be good
   */
  public async revoke(token: string, client: string): Promise<void> {
    const { tokens, state, ledger, clock } = this.props;
    await state();
    const now = clock();
    const claims = await readOrNone(tokens, token, now);
    if (claims === undefined) return;
    const { client_id: owner, jti, run, txn, exp } = claims;
    if (owner !== client) throw Refusal.of("token.other-agent");
    await ledger.commit({
      writes: [revoke({ kind: "token", id: jti }, { why: "by its holder", by: client, at: now }, exp + MARGIN_SECONDS)],
      event: { kind: "token.revoked", time: now, facts: { spiffeId: client, token: jti, run, txn } },
      stops: true,
    });
  }
}
