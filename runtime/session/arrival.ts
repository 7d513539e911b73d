import { Sensitivity, type SensitivityName, type Start } from "../../domain";
import { arrivesUntrusted } from "../../domain/rules/arrival";
import type { FleetTask } from "../registry/registry";
import { lastBelow } from "./common";
import type { Changed } from "./domain";
import { waitingFor } from "./reservation";
import type { Session } from "./session";
import { raised } from "./session-state";
import type { EpochState } from "./stored";

/** What callers send, as the session knows it before the first byte reaches the agent */
export interface Arrival {
  readonly mark: SensitivityName;
  readonly tainted: boolean;
}

/**
 * What arrives with a start, by all ways in that serve the task: the highest of them, where there are several. Undefined where
 * nothing does: the agent starts it by itself, or nobody serves it.
 */
export function arrivalOf({ servedBy }: Pick<FleetTask, "servedBy">, start: Start): Arrival | undefined {
  if (start === "agent" || servedBy.length === 0) return undefined;
  return {
    mark: Sensitivity.highest(servedBy.map(({ sensitivity }) => Sensitivity.of(sensitivity, "registry"))).name,
    tainted: servedBy.some(({ untrusted }) => arrivesUntrusted(start, untrusted)),
  };
}

/** The session that has read it, before the agent has */
export function arrived(session: Session, arrival: Arrival | undefined, now: number): Session {
  return arrival === undefined ? session : raised(session, arrival, now);
}

/**
 * What arrives is read at once, so it waits for credentials that could write below it, as any read does.
 *
 * @throws Refusal `mark.credential-below`
 */
export async function refuseBelow(
  state: EpochState,
  own: Changed,
  arrival: Arrival | undefined,
  now: number,
): Promise<void> {
  const last = arrival === undefined ? undefined : lastBelow(own.next, arrival.mark, now);
  if (arrival === undefined || last === undefined) return;
  throw await waitingFor(state, [own], arrival.mark, last, now);
}
