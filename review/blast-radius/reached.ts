import type { Sensitivity } from "../../domain";
import type { ChangeSource, Unknown } from "../change";

/** What can be reached. Part of the JSON document: a name is never given another meaning. */
export const REACHED_KINDS = ["identity", "data", "aws", "action", "kubernetes", "pod", "network"] as const;

export type ReachedKind = (typeof REACHED_KINDS)[number];

/** What must happen before it works, weakest first: nothing, a budget that is not spent, a person who approves */
export const GATES = ["none", "budget", "approval"] as const;

export type Gate = (typeof GATES)[number];

/** One hop: who is reached, and how */
export interface Step {
  /** Has work done by it, gets its identity, or becomes a role of AWS */
  readonly how: "delegation" | "identity" | "role";
  readonly to: string;
  /** In words, such as `answer → researcher.lookup` */
  readonly what: string;
}

/** How long something works after a kill of whom the attacker controls */
export interface Lasting {
  /** Undefined where no kill ends it */
  readonly seconds: number | undefined;
  readonly because: string;
}

/** One thing that an attacker gets */
export interface Reached {
  readonly kind: ReachedKind;
  /** Tool, dataset, AWS resource, peer, or identity */
  readonly target: string;
  /** What can be done with it, such as `read` or `s3:GetObject` */
  readonly does: string;
  /** Whose rights are used */
  readonly by: string;
  /** Task, or way into AWS */
  readonly as: string;
  /** Identities between the attacker and it: 0 for what whom it controls does by itself */
  readonly hop: number;
  readonly route: readonly Step[];
  readonly gate: Gate;
  /** All that bounds it, in words */
  readonly bounds: readonly string[];
  /** One request */
  readonly example?: string;
  /** Undefined where nobody says */
  readonly sensitivity?: Sensitivity;
  readonly isHigh: boolean;
  readonly isOutward: boolean;
  readonly writes: boolean;
  readonly lasting: Lasting;
  /** Why nobody can say whether it is reached. It counts as reached. */
  readonly unknown?: string;
  readonly source: ChangeSource;
}

export type IdentityKind = "agent" | "role" | "account";

/** Somebody whom the attacker is, becomes, or has work done by */
export interface ReachedIdentity {
  readonly name: string;
  readonly kind: IdentityKind;
  readonly how: "itself" | "works for it" | "becomes it";
  readonly hop: number;
  readonly route: readonly Step[];
}

export interface BlastRadius {
  readonly of: { readonly name: string; readonly kind: IdentityKind; readonly state: string };
  /** The most harmful first */
  readonly reached: readonly Reached[];
  /** Nearest first */
  readonly identities: readonly ReachedIdentity[];
  /** What could not be read or decided: it may open anything. */
  readonly unknown: readonly Unknown[];
}
