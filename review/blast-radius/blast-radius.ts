import type { Sensitivity } from "../../domain";
import type { ChangeSource, Unknown } from "../change";
import type { Caller } from "../reach/declared/agent-callers";

/** Kinds of reached things. Part of the JSON document: a name never changes its meaning. */
export const REACHED_KINDS = ["identity", "data", "aws", "action", "kubernetes", "pod", "network"] as const;

export type ReachedKind = (typeof REACHED_KINDS)[number];

/** What must happen first, weakest first: nothing, a budget with room, a person's approval */
export const GATES = ["none", "budget", "approval"] as const;

export type Gate = (typeof GATES)[number];

/** One hop: the identity reached, and how */
export interface Step {
  /** Delegates work to it, gets its identity, assumes an AWS role, or starts its task by a token that it signs */
  readonly how: "delegation" | "identity" | "role" | "start";
  readonly to: string;
  /** In words, such as `answer → researcher.lookup` */
  readonly what: string;
}

/** How long it works after a kill of the controlled identity */
export interface Lifetime {
  /** Undefined if no kill ends it */
  readonly seconds: number | undefined;
  readonly because: string;
  /** True if sessions are renewed without end, so that no kill ends them */
  readonly isRenewed?: true;
}

/** Whether it is certainly reached */
export interface Certainty {
  /** Why it is uncertain; it still counts as reached. Undefined if it is certain */
  readonly unknown?: string;
}

export function isCertain({ unknown }: Certainty): boolean {
  return unknown === undefined;
}

/** With the uncertainty of the way that leads to it: both must hold */
export function through(way: string | undefined, { unknown }: Certainty): Certainty {
  const all = [way, unknown].filter((one) => one !== undefined);
  return all.length === 0 ? {} : { unknown: all.join(", and ") };
}

/** One thing that an attacker reaches, or may reach */
export interface ReachedThing extends Certainty {
  readonly kind: ReachedKind;
  /** Tool, dataset, AWS resource, peer, or identity */
  readonly target: string;
  /** The action, such as `read` or `s3:GetObject` */
  readonly does: string;
  /** The identity whose rights are used */
  readonly by: string;
  /** Task, or way into AWS */
  readonly as: string;
  /** Identities between the attacker and it: 0 for the controlled identity itself */
  readonly hop: number;
  readonly route: readonly Step[];
  readonly gate: Gate;
  /** All bounds, in words */
  readonly bounds: readonly string[];
  /** An example request */
  readonly example?: string;
  /** Undefined if it is not declared */
  readonly sensitivity?: Sensitivity;
  readonly isHigh: boolean;
  readonly isOutward: boolean;
  readonly writes: boolean;
  readonly lasting: Lifetime;
  readonly source: ChangeSource;
}

export type IdentityKind = "agent" | "role" | "account";

/** An identity that the attacker controls, assumes or delegates work to, or may */
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
    /** Callers of its ways in */
    readonly calledBy: readonly Caller[];
  };
  /** Certain things first, then the most harmful */
  readonly reached: readonly ReachedThing[];
  /** Nearest first */
  readonly identities: readonly ReachedIdentity[];
  /** Parts that could not be read or decided: each may open anything. */
  readonly unknown: readonly Unknown[];
}
