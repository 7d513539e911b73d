import { LIMITS } from "../../../domain";
import { didYouMean } from "../../../domain/nearest";
import { startedWith } from "../../approval/asked-with";
import { Refusal } from "../../refusal/refusal";
import type { FleetAgent, FleetView } from "../../registry/registry";
import type { Target } from "../../session/revocations";
import { readRun } from "../../session/runs";
import type { Run } from "../../session/session";
import type { EpochState } from "../../session/stored";
import { APPROVAL_SECONDS } from "../start/start-token";
import type { Order } from "./order";
import { restorableSeconds, USER_RESTORABLE_SECONDS } from "./restorable";

/** What an order stops, in the words of the store */
export interface Stop {
  readonly target: Target;
  /** Seconds since the epoch, from which there is nothing left to stop; undefined if it lasts until it is restored */
  readonly until?: number;
  /** Only of what is restored */
  readonly restorableAt?: number;
  /** Of an agent, and whether a run of a chain is known */
  readonly told?: Pick<FleetAgent, "horizon" | "roles"> & { readonly known?: false };
}

/** Other exchanges' clocks may be behind. */
const MARGIN_SECONDS = LIMITS.clockSkew.seconds;

/**
 * @throws Refusal `revocation.target-unknown` for an undeclared agent, a user of an untrusted issuer, and a run that is
 *   over or unknown: a misspelt target must not look stopped. For a chain, `known` says so instead
 */
export async function stopOf(state: EpochState, fleet: FleetView, order: Order, now: number): Promise<Stop> {
  switch (order.kind) {
    case "agent":
      return agentStop(fleet, order.id, now);
    case "user":
      refuseUnknownIssuer(fleet, order.user.issuer);
      return { target: { kind: "user", user: order.user }, restorableAt: now + USER_RESTORABLE_SECONDS };
    case "run": {
      const run = await runOf(state, order.id);
      if (run === undefined) {
        throw Refusal.of("revocation.target-unknown", "no such run is known: it is over, or never was");
      }
      return { target: { kind: "run", id: run.run }, until: keptUntil(Math.max(run.expiresAt, lastOfToken(run, now))) };
    }
    case "chain":
      return chainStop(state, order.id, now);
    case "session":
      return { target: { kind: "session", id: order.id }, until: keptUntil(now + LIMITS.sessionTotal.ceiling.seconds) };
    case "token":
      return { target: { kind: "token", id: order.id }, until: keptUntil(now + LIMITS.accessToken.seconds) };
  }
}

function agentStop(fleet: FleetView, name: string, now: number): Stop {
  const agent = fleet.agentNamed(name);
  if (agent === undefined) {
    const hint = didYouMean(
      name,
      Object.values(fleet.policy.agents).map((each) => each.name),
    );
    throw Refusal.of("revocation.target-unknown", `no agent of this name is declared${hint}`);
  }
  const { horizon, roles } = agent;
  return {
    target: { kind: "agent", id: name },
    restorableAt: now + restorableSeconds(fleet, agent),
    told: { ...(horizon !== undefined && { horizon }), ...(roles !== undefined && { roles }) },
  };
}

/** A subject is known to its issuer alone, and so is whether it is misspelt. */
function refuseUnknownIssuer({ issuers }: Pick<FleetView, "issuers">, issuer: string): void {
  const known = issuers.map((each) => each.issuer);
  if (known.includes(issuer)) return;
  const hint = didYouMean(issuer, known);
  throw Refusal.of("revocation.target-unknown", `no user of this issuer starts anything${hint}`);
}

/**
 * Of a run that is not known any more the id may be that of a transaction in which a start token starts again, for a day after its last run.
 * To refuse that would leave an operator no way to stop it.
 */
async function chainStop(state: EpochState, id: string, now: number): Promise<Stop> {
  const run = await runOf(state, id);
  if (run === undefined) {
    return { target: { kind: "run", id }, until: keptUntil(now + APPROVAL_SECONDS), told: { known: false } };
  }
  const until = Math.max(await firstEnd(state, run), run.expiresAt, lastOfToken(run, now));
  return { target: { kind: "run", id: run.txn }, until: keptUntil(until) };
}

async function runOf(state: EpochState, id: string): Promise<Run | undefined> {
  return (await readRun(state, id))?.run;
}

/** Of the run that began the transaction, with which all others end but those that its start token starts again */
async function firstEnd(state: EpochState, { txn, expiresAt }: Run): Promise<number> {
  return (await readRun(state, txn))?.run.expiresAt ?? expiresAt;
}

/** A start token starts again in the same transaction, after the end of the run, for what people may be asked until now. */
function lastOfToken(run: Run, now: number): number {
  return startedWith(run) === undefined ? run.expiresAt : now + APPROVAL_SECONDS;
}

/** A stream that the run opened at its end may last as long, and be asked about. */
function keptUntil(end: number): number {
  return end + LIMITS.stream.seconds + MARGIN_SECONDS;
}
