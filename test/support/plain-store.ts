import type { Clock } from "../../runtime/clock";
import { jsonOf } from "../../runtime/store/json";
import {
  type Item,
  type Key,
  type ListedItem,
  type StateStore,
  StoreConflict,
  type Write,
} from "../../runtime/store/store";

/**
 * A store as the contract describes it, in the fewest words: the others are compared with it. What is put is kept as it is,
 * the same object at each read, and takes no turn through JSON.
 */
export class PlainStore implements StateStore {
  private items = new Map<string, Item>();

  constructor(private readonly clock: Clock) {}

  public async identity(): Promise<string> {
    return "plain";
  }

  public async read(keys: readonly Key[]): Promise<readonly (Item | undefined)[]> {
    return keys.map((key) => this.item(key));
  }

  public async list(partition: string, prefix: string, limit: number, after = ""): Promise<readonly ListedItem[]> {
    return this.all()
      .filter(({ key: { partition: of, sort } }) => of === partition && sort.startsWith(prefix) && sort > after)
      .sort((one, other) => (one.key.sort < other.key.sort ? -1 : 1))
      .slice(0, limit)
      .map((item) => ({ ...item, text: jsonOf(item.value) }));
  }

  public async write(writes: readonly Write[]): Promise<void> {
    const failed = [...writes.keys()].filter((index) => !this.isPossible(writes[index] as Write));
    if (failed.length > 0) throw new StoreConflict(failed, "the condition did not hold");
    for (const write of writes) {
      const { key } = write;
      if (write.kind === "delete") this.items.delete(nameOf(key));
      if (write.kind !== "put" && write.kind !== "add") continue;
      const before = this.item(key);
      const value = write.kind === "put" ? write.value : Number(before?.value ?? 0) + write.amount;
      const until = write.expiresAt === undefined ? {} : { expiresAt: write.expiresAt };
      this.items.set(nameOf(key), { key, value, version: (before?.version ?? 0) + 1, ...until });
    }
  }

  public async close(): Promise<void> {
    this.items.clear();
  }

  /** What has not expired */
  public all(): Item[] {
    const now = this.clock();
    return [...this.items.values()].filter(({ expiresAt = Infinity }) => expiresAt > now);
  }

  public restore(items: readonly Item[]): void {
    this.items = new Map(items.map((item) => [nameOf(item.key), item]));
  }

  private item(key: Key): Item | undefined {
    const item = this.items.get(nameOf(key));
    return item?.expiresAt !== undefined && item.expiresAt <= this.clock() ? undefined : item;
  }

  private isPossible(write: Write): boolean {
    const item = this.item(write.key);
    if (write.kind === "add") {
      const value = item === undefined ? 0 : item.value;
      return typeof value === "number" && Number.isInteger(value) && value + write.amount <= write.atMost;
    }
    switch (write.when) {
      case "any":
        return true;
      case "absent":
        return item === undefined;
      case "present":
        return item !== undefined;
      default:
        return item?.version === write.when.version;
    }
  }
}

function nameOf({ partition, sort }: Key): string {
  return `${partition}\n${sort}`;
}
