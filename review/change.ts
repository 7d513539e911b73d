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
}

/** One thing that somebody can do in one state and not in the other */
export interface Change {
  readonly kind: ChangeKind;
  /** In words, such as `s3:GetObject on arn:aws:s3:::acme-kb/*` */
  readonly what: string;
  /** One concrete request, or moment, that is allowed in one state and not in the other */
  readonly witness: string;
  readonly source: ChangeSource;
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
