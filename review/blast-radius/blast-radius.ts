import type { Sensitivity } from "../../domain";
import type { ChangeSource, Unknown } from "../change";
import type { Caller } from "../reach/declared/agent-callers";

/** What can be reached. Part of the JSON document: a name is never given another meaning. */
export const REACHED_KINDS = ["identity", "data", "aws", "action", "kubernetes", "pod", "network"] as const;

export type ReachedKind = (typeof REACHED_KINDS)[number];

/** What must happen before it works, weakest first: nothing, a budget that is not spent, a person who approves */
export const GATES = ["none", "budget", "approval"] as const;

export type Gate = (typeof GATES)[number];

/** One hop: who is reached, and how */
export interface Step {
  /** Has work done by it, gets its identity, becomes a role of AWS, or starts its task by a token that it signs */
  readonly how: "delegation" | "identity" | "role" | "start";
  readonly to: string;
  /** In words, such as `answer → researcher.lookup` */
  readonly what: string;
}

/** How long something works after a kill of the controlled identity */
export interface Lifetime {
  /** Undefined where no kill ends it */
  readonly seconds: number | undefined;
  readonly because: string;
  /** Whether sessions are renewed without end, so that no kill ends them */
  readonly isRenewed?: true;
}

/** Whether something is reached, or only may be */
export interface Certainty {
  /** Why it is not certain that it is reached; it counts as reached. Undefined where it is certain */
  readonly unknown?: string;
}

export function isCertain({ unknown }: Certainty): boolean {
  return unknown === undefined;
}

/** Together with what it is reached through: all that must be so */
export function through(way: string | undefined, { unknown }: Certainty): Certainty {
  const all = [way, unknown].filter((one) => one !== undefined);
  return all.length === 0 ? {} : { unknown: all.join(", and ") };
}

/** One thing that an attacker gets, or may get */
export interface ReachedThing extends Certainty {
  readonly kind: ReachedKind;
  /** Tool, dataset, AWS resource, peer, or identity */
  readonly target: string;
  /** What can be done with it, such as `read` or `s3:GetObject` */
  readonly does: string;
  /** Whose rights are used */
  readonly by: string;
  /** Task, or way into AWS */
  readonly as: string;
  /** Identities between the attacker and it: 0 for what the controlled identity does by itself */
  readonly hop: number;
  readonly route: readonly Step[];
  readonly gate: Gate;
  /** All that bounds it, in words */
  readonly bounds: readonly string[];
  /** One request */
  readonly example?: string;
  /** Undefined where it is not declared */
  readonly sensitivity?: Sensitivity;
  readonly isHigh: boolean;
  readonly isOutward: boolean;
  readonly writes: boolean;
  readonly lasting: Lifetime;
  readonly source: ChangeSource;
}

export type IdentityKind = "agent" | "role" | "account";

/** An identity that the attacker is, becomes or has work done by, or may */
export interface ReachedIdentity extends Certainty {
  readonly name: string;
  readonly kind: IdentityKind;
  readonly how: "itself" | "works for it" | "becomes it";
  readonly hop: number;
  readonly route: readonly Step[];
}

export interface BlastRadius {
  readonly of: {
    readonly name: string;
    readonly kind: IdentityKind;
    readonly state: string;
    /** Who may send it something by its ways in */
    readonly calledBy: readonly Caller[];
  };
  /** What is certain first, then the most harmful */
  readonly reached: readonly ReachedThing[];
  /** Nearest first */
  readonly identities: readonly ReachedIdentity[];
  /** What could not be read or decided: it may open anything. */
  readonly unknown: readonly Unknown[];
}
