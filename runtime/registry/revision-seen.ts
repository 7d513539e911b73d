import { seenKey } from "../store/keys";
import { retryOnConflict } from "../store/retry-on-conflict";
import type { Item, StateStore, Write } from "../store/store";
import { type FleetView, RegistryUnavailable } from "./registry";

/** Another process may note a revision meanwhile. */
const ATTEMPTS = 5;

export interface RevisionSeen {
  /** Highest revision of the registry that was in force; 0 for none */
  readonly revision: number;
  /**
   * Writes that note the use of a revision, to commit with its use; empty if as high a one was noted before. They fail
   * if another process notes one meanwhile.
   */
  using(revision: number): readonly Write[];
}

/**
 * Which revisions were used before, by any process: what an older one allows is denied, even if its signature holds.
 *
 * @throws StoreUnavailable
 * @throws Error if the store holds something else
 */
export async function revisionSeen(store: Pick<StateStore, "read">): Promise<RevisionSeen> {
  const [item] = await store.read([seenKey()]);
  const seen = seenIn(item);
  const when = item === undefined ? "absent" : { version: item.version };
  return {
    revision: seen,
    using: (revision) => (revision > seen ? [{ kind: "put", key: seenKey(), value: revision, when }] : []),
  };
}

/**
 * The highest revision, as the item says
 *
 * @throws Error if the store holds something else
 */
export function seenIn(item: Item | undefined): number {
  const seen = item === undefined ? 0 : item.value;
  if (Number.isSafeInteger(seen) && (seen as number) >= 0) return seen as number;
  throw new Error(`the revision that was seen must be a whole number, the store holds ${JSON.stringify(seen)}`);
}

/**
 * Note that a revision comes into force, before it decides anything: what it refuses must not be allowed by the one before.
 *
 * @returns the highest revision that ever was in force, in any process
 * @throws StoreUnavailable, StoreConflict
 */
export async function noteRevision(store: Pick<StateStore, "read" | "write">, revision: number): Promise<number> {
  return retryOnConflict({ attempts: ATTEMPTS }, async () => {
    const seen = await revisionSeen(store);
    const writes = seen.using(revision);
    if (writes.length === 0) return seen.revision;
    await store.write(writes);
    return revision;
  });
}

/**
 * For answers without a policy decision, which checks this itself.
 *
 * @throws RegistryUnavailable if another process has had a newer registry in force
 * @throws StoreUnavailable
 */
export async function refuseOlder({ revision }: FleetView, store: Pick<StateStore, "read">): Promise<void> {
  const seen = await revisionSeen(store);
  if (revision < seen.revision) {
    throw new RegistryUnavailable(`revision ${revision} is here, and ${seen.revision} was in force elsewhere`);
  }
}
