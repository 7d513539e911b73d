import { seenKey } from "../store/keys";
import type { StateStore, Write } from "../store/store";

export interface RevisionSeen {
  /** Highest revision of the registry that was used; 0 for none */
  readonly revision: number;
  /**
   * Writes that note the use of a revision, together with what it was used for: none where as high a one was used before.
   * They fail where another process has noted one meanwhile.
   */
  using(revision: number): readonly Write[];
}

/**
 * Which revisions were used before, by any process: what an older one allows is denied, even if its signature holds.
 *
 * @throws StoreUnavailable
 * @throws Error where the store holds something else
 */
export async function revisionSeen(store: Pick<StateStore, "read">): Promise<RevisionSeen> {
  const [item] = await store.read([seenKey()]);
  const seen = item === undefined ? 0 : item.value;
  if (!Number.isSafeInteger(seen) || (seen as number) < 0) {
    throw new Error(`the revision that was seen must be a whole number, the store holds ${JSON.stringify(seen)}`);
  }
  const when = item === undefined ? "absent" : { version: item.version };
  return {
    revision: seen as number,
    using: (revision) => (revision > (seen as number) ? [{ kind: "put", key: seenKey(), value: revision, when }] : []),
  };
}
