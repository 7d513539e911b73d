/** What a change is about. Part of the JSON report: a name never changes its meaning. */
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

/** Where a reader finds the change */
export interface ChangeSource {
  /** Address of the resource, or path in the registry */
  readonly address: string;
  /** File and line of the declaration, if known */
  readonly file?: string;
  readonly line?: number;
  /** Addresses of other policies that the change needs and that are new or changed too */
  readonly also?: readonly string[];
}

/** How a report shows a change. It decides nothing: every gain needs approval. */
export interface Presentation {
  /** `first`: before findings that may be anything; `early`: right after those; `late`: after everything that is not folded */
  readonly place?: "first" | "early" | "late";
  /** Text after the name of the principal that a report may start with, such as `is suspended` */
  readonly headline?: string;
  /** True for a new agent: a report starts with the most important thing that it may do. */
  readonly isNew?: true;
  /** Why a reader may skip it */
  readonly fold?: Fold;
}

/** `usual`: every other agent has it; `declared`: follows from declared data; `renewed`: follows from a new expiry */
export type Fold = "usual" | "declared" | "renewed";

/** One thing that a principal can do in one state and not in the other */
export interface Change {
  readonly kind: ChangeKind;
  /** In words, such as `s3:GetObject on arn:aws:s3:::acme-kb/*` */
  readonly what: string;
  /** One example request, or moment, that one state allows and the other does not */
  readonly witness: string;
  readonly source: ChangeSource;
  readonly showing?: Presentation;
}

/** Something that could not be decided. It counts as a gain. */
export interface Unknown {
  readonly what: string;
  readonly why: string;
  readonly source: ChangeSource;
  /** True for a policy that may have denied something: if it is removed, the effect is unknown too. */
  readonly mayDeny?: true;
}

/** Of an agent, or another principal, between two states */
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

/** The same text at the same place is kept once. */
export function distinct(unknown: readonly Unknown[]): readonly Unknown[] {
  return [...new Map(unknown.map((one) => [JSON.stringify(one), one])).values()];
}
