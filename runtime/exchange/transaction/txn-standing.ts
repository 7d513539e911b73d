import type { FleetView } from "../../registry/registry";
import { refuseOlder } from "../../registry/revision-seen";
import { revocationFacts } from "../../session/revocations";
import { readRun } from "../../session/runs";
import type { Run } from "../../session/session";
import type { EpochState } from "../../session/stored";
import { StoreUnavailable } from "../../store/store";
import { allActive } from "../../token/token-standing";
import type { TxnTokenClaims } from "./txn-token";

/**
 * Whether what a transaction token tells of still goes on: the run with which the transaction began, and every agent of
 * its chain. Runs in between are not named in it; they end with the first one, and the token within a minute.
 *
 * @param now whole seconds since the epoch
 * @throws StoreUnavailable or RegistryUnavailable where that cannot be said
 */
export async function transactionStands(
  { txn, tctx }: TxnTokenClaims,
  fleet: FleetView,
  state: EpochState,
  now: number,
): Promise<boolean> {
  const [stored] = await Promise.all([readRun(state, txn), refuseOlder(fleet, state.store)]);
  const first = stored?.run;
  if (first === undefined || now >= first.expiresAt) return false;
  const hops = [...tctx.chain, tctx].map(({ agent, task }) => hopOf(first, agent, task, fleet));
  if (!allActive(hops, fleet, now)) return false;
  const { known, revoked } = await revocationFacts(state.store, { ...first, chain: hops }, []);
  if (!known) throw new StoreUnavailable("the revocations cannot be read");
  return revoked.length === 0;
}

/** Its run and session are the first one's as far as anybody can tell by the token. */
function hopOf({ run, sid }: Run, agent: string, task: string, fleet: FleetView) {
  return { agent, task, spiffeId: fleet.agentNamed(agent)?.spiffeId ?? "", run, sid };
}
