/** What a change is about. Part of the JSON report: a name is never given another meaning. */
export const CHANGE_KINDS = [
  "action",
  "trust",
  "boundary",
  "ttl",
  "delegation",
  "destination",
  "sensitivity",
  "tool",
  "approval",
  "enforcement",
  "network",
  "identity",
] as const;

export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** Where a reader finds what was changed */
export interface ChangeSource {
  /** Address of the resource, or path in the registry */
  readonly address: string;
  /** File and line of the declaration, where they are known */
  readonly file?: string;
  readonly line?: number;
  /** Addresses of policies of others without which it would not be so, where those are new or others too */
  readonly also?: readonly string[];
}

/** How a report shows a change. It decides nothing: every gain needs approval. */
export interface Presentation {
  /** `first`: before what may be anything; `early`: right behind that; `late`: behind what is not folded */
  readonly place?: "first" | "early" | "late";
  /** What a report may begin with instead, after the name of the principal, such as `is suspended` */
  readonly headline?: string;
  /** Of an agent that was not there before: a report begins with the most important thing that it may do. */
  readonly isNew?: true;
  /** Why it need not be read by itself */
  readonly fold?: Fold;
}

/** `usual`: every other agent has it; `declared`: follows from data that is declared; `renewed`: follows from a new expiry */
export type Fold = "usual" | "declared" | "renewed";

/** One thing that somebody can do in one state and not in the other */
export interface Change {
  readonly kind: ChangeKind;
  /** In words, such as `s3:GetObject on arn:aws:s3:::acme-kb/*` */
  readonly what: string;
  /** One concrete request, or moment, that is allowed in one state and not in the other */
  readonly witness: string;
  readonly source: ChangeSource;
  readonly showing?: Presentation;
}

/** What could not be decided. It counts as a gain. */
export interface Unknown {
  readonly what: string;
  readonly why: string;
  readonly source: ChangeSource;
  /** A policy, which may have denied something: where it goes, what is gained by that is unknown too. */
  readonly mayDeny?: true;
}

/** Of an agent, or of another principal, between two states */
export interface Changes {
  readonly gains: readonly Change[];
  readonly losses: readonly Change[];
  readonly unknown: readonly Unknown[];
}

/** By name of the agent; a principal without a declaration stands under its Terraform address. */
export type ChangesByPrincipal = ReadonlyMap<string, Changes>;

export function together(some: Changes | undefined, more: Changes): Changes {
  if (some === undefined) return more;
  return {
    gains: [...some.gains, ...more.gains],
    losses: [...some.losses, ...more.losses],
    unknown: [...some.unknown, ...more.unknown],
  };
}

/** What is said more than once, in the same words of the same place, is said once. */
export function distinct(unknown: readonly Unknown[]): readonly Unknown[] {
  return [...new Map(unknown.map((one) => [JSON.stringify(one), one])).values()];
}
