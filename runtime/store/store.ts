import type { Value } from "../json";

/** Where something lies: all of a partition can be listed, in the order of `sort` by UTF-8 bytes. */
export interface Key {
  readonly partition: string;
  readonly sort: string;
}

/** What was written, until it expires */
export interface Item {
  readonly key: Key;
  readonly value: Value;
  /** Grows by one at each write; 1 at first, and 1 again where the last has expired or was deleted */
  readonly version: number;
  /** Whole seconds since the epoch from which it is not there; undefined for never */
  readonly expiresAt?: number;
}

export interface ListedItem extends Item {
  /** The JSON that was put */
  readonly text: string;
}

/** What must be so for a write to happen. What has expired is absent. */
export type Condition = "any" | "absent" | "present" | { readonly version: number };

export type Write =
  | {
      readonly kind: "put";
      readonly key: Key;
      readonly value: Value;
      readonly expiresAt?: number;
      readonly when: Condition;
    }
  | { readonly kind: "delete"; readonly key: Key; readonly when: Condition }
  /** Writes nothing; the transaction fails if the condition does not hold. */
  | { readonly kind: "check"; readonly key: Key; readonly when: Condition }
  /**
   * Adds to a value that is a whole number, 0 if it is absent. Fails where the sum is above `atMost`, or where another
   * kind of value stands there; adds from many sides never undo each other.
   */
  | {
      readonly kind: "add";
      readonly key: Key;
      readonly amount: number;
      readonly atMost: number;
      /** Expiry of the sum; none if left out, even if it had one before */
      readonly expiresAt?: number;
    };

export const STORE_LIMITS = {
  /** DynamoDB: items of one TransactWriteItems */
  writes: 100,
  /** DynamoDB: bytes of a partition key; sort keys have 1,024 */
  partitionBytes: 2_048,
  sortBytes: 1_024,
  /** DynamoDB has 400 KiB for an item with its names */
  valueBytes: 384 * 1_024,
  /** DynamoDB has 4 MB for all items of a transaction with their names */
  transactionBytes: 3 * 1_024 * 1_024,
} as const;

/** State that survives, small and strongly consistent: a read sees every write that was answered before it. */
export interface StateStore {
  /**
   * Identity of the physical store. A copy restored from a backup has a different one.
   *
   * @throws StoreUnavailable
   */
  identity(): Promise<string>;

  /**
   * The items of these keys, in the same order, undefined if absent or expired. At most 100 keys.
   *
   * @throws StoreUnavailable
   */
  read(keys: readonly Key[]): Promise<readonly (Item | undefined)[]>;

  /**
   * Items of one partition whose sort key begins with `prefix`, in order.
   *
   * @param after sort key to go on behind; from the beginning where left out
   * @throws StoreUnavailable
   */
  list(partition: string, prefix: string, limit: number, after?: string): Promise<readonly ListedItem[]>;

  /**
   * Atomic. Each key may appear in one write only.
   *
   * @throws StoreConflict if a condition did not hold: nothing was written
   * @throws RangeError, TypeError if the writes are invalid for every store
   * @throws StoreUnavailable if it is unknown whether it was written
   */
  write(writes: readonly Write[]): Promise<void>;

  /**
   * The writes as {@link write} makes them, for who puts those of several into one transaction. Prepared again, they stay as they are.
   *
   * @throws RangeError, StoreUnavailable, by the promise
   */
  prepared?(writes: readonly Write[]): readonly Write[] | Promise<readonly Write[]>;

  /** Ends connections and files. */
  close(): Promise<void>;
}

/** A condition did not hold, or another transaction was faster. Nothing was written. */
export class StoreConflict extends Error {
  public override readonly name = "StoreConflict";

  constructor(
    /** Indexes of the writes whose condition did not hold; empty if another transaction was in the way */
    public readonly failed: readonly number[],
    message: string,
  ) {
    super(message);
  }
}

/** The store did not answer, or not in time. */
export class StoreUnavailable extends Error {
  public override readonly name = "StoreUnavailable";
}
