import type { Unknown } from "../change";
import type { Estate } from "../read/resource";
import type { Difference } from "../../iam/access/difference";

/** Compares the unknowns of two states */
export class UnknownComparison {
  private readonly before: DataByStack;
  private readonly after: DataByStack;

  constructor(
    private readonly base: Estate,
    private readonly head: Estate,
  ) {
    this.before = new DataByStack(base);
    this.after = new DataByStack(head);
  }

  /** Unknowns in head that base does not have with the same wording and the same underlying source */
  public fresh(before: readonly Unknown[], now: readonly Unknown[]): readonly Unknown[] {
    const known = new Set(before.map((unknown) => fingerprint(unknown, this.base, this.before)));
    return now.filter((unknown) => !known.has(fingerprint(unknown, this.head, this.after)));
  }
}

/** A policy that cannot be read may come from any data source of its stack. */
function fingerprint(unknown: Unknown, estate: Estate, data: DataByStack): string {
  const resource = estate.at(unknown.source.address);
  return JSON.stringify([unknown, resource?.values, resource && data.textOf(resource.stack)]);
}

/** The data sources of each stack, as text that is made once */
class DataByStack {
  private readonly texts = new Map<string, string>();

  constructor(private readonly estate: Estate) {}

  public textOf(stack: string): string {
    const known = this.texts.get(stack) ?? this.written(stack);
    this.texts.set(stack, known);
    return known;
  }

  private written(stack: string): string {
    const parts = this.estate.resources.filter((one) => one.mode === "data" && one.stack === stack);
    return JSON.stringify(parts.map(({ name, values }) => [name, values]));
  }
}

/** Gains that depend on unread parts */
export function unknownGains({ gained, undecided: open }: Difference): readonly Unknown[] {
  return [
    ...gained
      .filter(({ certain }) => !certain)
      .map(({ action, resource, statement, unknown }) => ({
        what: `${action} on ${resource}`,
        why: `it depends on ${unknown.join(" and ")}`,
        source: { address: statement.source },
      })),
    ...open.map(({ statement, why }) => ({
      what: `whether ${statement.source} allows more than before`,
      why,
      source: { address: statement.source },
    })),
  ];
}

/**
 * Unread policies of base that head no longer has: their Denies are gone.
 *
 * @param keyOf equal for the same part of both
 */
export function unreadRemovals(
  before: readonly Unknown[],
  after: readonly Unknown[],
  keyOf: (unknown: Unknown) => string = ({ what }) => what,
): readonly Unknown[] {
  const left = new Set(after.map(keyOf));
  return before
    .filter((unknown) => unknown.mayDeny === true && !left.has(keyOf(unknown)))
    .map(({ what, source }) => ({
      what,
      why: "it could not be read before, and is removed or changed: whether it denied anything is not known",
      source,
    }));
}
