import type { Clock } from "../clock";
import type { FleetView, Registry } from "../registry/registry";
import { refuseOlder } from "../registry/revision-seen";
import { knowerOfRun } from "../session/knower";
import { revocationFacts } from "../session/revocations";
import { readRun } from "../session/runs";
import type { Run } from "../session/session";
import { isLiving } from "../session/session-state";
import type { EpochState } from "../session/stored";
import { readSessions } from "../session/stored-sessions";
import { StoreUnavailable } from "../store/store";
import type { AccessTokenClaims } from "./access-token";
import { isRunOf } from "./run-of-token";

export interface TokenStandingProps {
  readonly registry: Registry;
  /**
   * The store with its epoch of now.
   *
   * @throws Refusal `store.restored`, StoreUnavailable
   */
  readonly state: () => Promise<EpochState>;
  readonly clock: Clock;
}

/** Whether a token that was issued is still worth something, by the state of now */
export class TokenStanding {
  constructor(private readonly props: TokenStandingProps) {}

  /**
   * @param claims of a token whose signature and times hold
   * @throws Refusal, StoreUnavailable or RegistryUnavailable if that cannot be said
   */
  public async stands(claims: AccessTokenClaims): Promise<boolean> {
    const { registry, state, clock } = this.props;
    const [fleet, found, now] = [registry.current(), await state(), clock()];
    const [stored] = await Promise.all([readRun(found, claims.run), refuseOlder(fleet, found.store)]);
    const run = stored?.run;
    if (run === undefined || !isRunOf(run, claims) || now >= run.expiresAt) return false;
    if (!allActive([...run.chain, run], fleet, now)) return false;
    const [[own], { known, revoked }] = await Promise.all([
      readSessions(found, [knowerOfRun(fleet, run)]),
      revocationFacts(found.store, run, [claims.jti]),
    ]);
    if (!known) throw new StoreUnavailable("the revocations cannot be read");
    const times = fleet.agentOf(run.spiffeId)?.session;
    const session = own?.session;
    const living = session !== undefined && times !== undefined && isLiving(session, times, now);
    return living && session.sid === claims.sid && revoked.length === 0;
  }
}

/** They and their tasks are still declared, and neither suspended nor expired. */
export function allActive(
  those: readonly Pick<Run, "agent" | "spiffeId" | "task">[],
  fleet: FleetView,
  now: number,
): boolean {
  return those.every(({ spiffeId, agent: name, task }) => {
    const agent = fleet.agentOf(spiffeId);
    const active = agent?.name === name && agent.tasks.has(task) && now < agent.expires;
    return active && fleet.policy.agents[spiffeId]?.suspended === false;
  });
}
