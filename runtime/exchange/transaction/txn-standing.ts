import type { FleetView } from "../../registry/registry";
import { refuseOlder } from "../../registry/revision-seen";
import { revocationFacts } from "../../session/revocations";
import { readRun } from "../../session/runs";
import type { EpochState } from "../../session/stored";
import { StoreUnavailable } from "../../store/store";
import { allActive } from "../../token/token-standing";
import type { TxnTokenClaims } from "./txn-token";

/**
 * Whether what a transaction token tells of still goes on: the run that called the tool, those that handed its work on, and
 * every agent of its chain.
 *
 * @param now whole seconds since the epoch
 * @throws StoreUnavailable or RegistryUnavailable if that cannot be said
 */
export async function transactionStands(
  { txn, tctx }: TxnTokenClaims,
  fleet: FleetView,
  state: EpochState,
  now: number,
): Promise<boolean> {
  const [stored] = await Promise.all([readRun(state, tctx.run), refuseOlder(fleet, state.store)]);
  const run = stored?.run;
  if (run === undefined || now >= run.expiresAt) return false;
  if (run.txn !== txn || run.agent !== tctx.agent || run.task !== tctx.task) return false;
  if (!allActive([...run.chain, run], fleet, now)) return false;
  const { known, revoked } = await revocationFacts(state.store, run, []);
  if (!known) throw new StoreUnavailable("the revocations cannot be read");
  return revoked.length === 0;
}
