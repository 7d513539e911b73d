import type { Item, Key, ListedItem, StateStore, Write } from "../../runtime/store/store";

/** A store that fails as it is told: what `before` and `after` throw is thrown before or after the write is made. */
export class FaultyStore implements StateStore {
  /** Every transaction that was asked for */
  public readonly asked: (readonly Write[])[] = [];
  public reads = 0;
  public before: (writes: readonly Write[]) => void | Promise<void> = () => undefined;
  public after: (writes: readonly Write[]) => void | Promise<void> = () => undefined;
  public reading: () => void = () => undefined;

  constructor(private readonly store: StateStore) {}

  /** Does something before the next transaction, and before none behind it. */
  public beforeNext(act: () => unknown): void {
    this.before = async () => {
      this.before = () => undefined;
      await act();
    };
  }

  public identity(): Promise<string> {
    return this.store.identity();
  }

  public async read(keys: readonly Key[]): Promise<readonly (Item | undefined)[]> {
    this.reads += 1;
    this.reading();
    return this.store.read(keys);
  }

  public list(partition: string, prefix: string, limit: number, after?: string): Promise<readonly ListedItem[]> {
    return this.store.list(partition, prefix, limit, after);
  }

  public async write(writes: readonly Write[]): Promise<void> {
    this.asked.push(writes);
    await this.before(writes);
    await this.store.write(writes);
    await this.after(writes);
  }

  public close(): Promise<void> {
    return this.store.close();
  }
}
