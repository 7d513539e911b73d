import { Sensitivity, type SensitivityName, type Start } from "../../domain";
import { arrivesUntrusted } from "../../domain/rules/arrival";
import type { FleetTask } from "../registry/registry";
import type { Session } from "./session";
import { raised } from "./session-state";

/** What callers send, as the session knows it before the first byte reaches the agent */
export interface Arrival {
  readonly mark: SensitivityName;
  readonly tainted: boolean;
}

/**
 * Data that arrives with a start, over all ways in that serve the task: the highest sensitivity. Undefined if none
 * does: the agent starts it itself, or the task is not served.
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
