import type { Unknown } from "../../change";

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
