import type { Difference } from "../../../iam/access/difference";
import type { Unknown } from "../../change";

/** Gains that depend on something that cannot be read here */
export function undecided({ gained, undecided: open }: Difference): readonly Unknown[] {
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

/** Policies of base that could not be read and are not there in head: what they denied is not denied any more. */
export function goneUnread(before: readonly Unknown[], after: readonly Unknown[]): readonly Unknown[] {
  const left = new Set(after.map(({ what }) => what));
  return before
    .filter(({ what, mayDeny }) => mayDeny === true && !left.has(what))
    .map(({ what, source }) => ({
      what,
      why: "it could not be read before and is gone, or another: whether it denied anything is not known",
      source,
    }));
}
