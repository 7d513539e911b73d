import type { FleetAgent, FleetView } from "../registry/registry";
import { userDigest } from "../store/user-digest";
import type { Run } from "./session";

/**
 * Who keeps what was read: an agent for one user, or for one transaction where there is no user. What agents start by
 * themselves is one knower of each agent, because it inherits all that the agent holds. An agent of shared memory is one
 * knower as a whole.
 */
export interface Knower {
  /** Name of the agent */
  readonly agent: string;
  /** Digest of the user, `txn.` and the transaction, `none` for self-started work, or `all` */
  readonly whose: string;
}

const SEPARATOR = "#";
const OF_TRANSACTION = "txn.";
const OF_ITSELF = "none";

/** On whose behalf a run works */
export type Served = Pick<Run, "evidence" | "txn" | "user">;

export function knowerOf({ name, memory }: Pick<FleetAgent, "memory" | "name">, run: Served): Knower {
  return { agent: name, whose: memory === "shared" ? "all" : servedBy(run) };
}

/** Of a run that began; an agent that is not declared any more keeps users apart as far as is known. */
export function knowerOfRun(fleet: FleetView, run: Served & Pick<Run, "agent">): Knower {
  return knowerOf({ name: run.agent, memory: fleet.agentNamed(run.agent)?.memory ?? "per-user" }, run);
}

/** One text for each knower: neither part has the separator in it. */
export function knowerName({ agent, whose }: Knower): string {
  return `${agent}${SEPARATOR}${whose}`;
}

function servedBy({ user, evidence, txn }: Served): string {
  if (user !== null) return userDigest(user);
  return evidence === null ? OF_ITSELF : `${OF_TRANSACTION}${txn}`;
}

/** Whether it knows something for one transaction alone, and is asked about no more when that is over */
export function isOfTransaction(whose: string): boolean {
  return whose.startsWith(OF_TRANSACTION);
}

/** What the agent starts by itself, which inherits all that the agent holds */
export function ownStartOf(agent: string): Knower {
  return { agent, whose: OF_ITSELF };
}
