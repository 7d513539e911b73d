import { Bounded } from "../../runtime/bounded";

/** Keeps the last so many entries, each for so long */
export class BoundedMap<V> {
  private readonly entries: Bounded<{ readonly value: V; readonly until: number }>;

  /** @param milliseconds for which an entry is good */
  constructor(
    most: number,
    private readonly milliseconds: number,
    private readonly now: () => number = Date.now,
  ) {
    this.entries = new Bounded(most);
  }

  public get size(): number {
    return this.entries.size;
  }

  public set(key: string, value: V): void {
    this.entries.put(key, { value, until: this.now() + this.milliseconds });
  }

  /** Undefined if it is over, or was never there */
  public get(key: string): V | undefined {
    const found = this.entries.of(key);
    return found !== undefined && this.now() < found.until ? found.value : undefined;
  }

  /** {@link get}, once */
  public take(key: string): V | undefined {
    const value = this.get(key);
    this.entries.drop(key);
    return value;
  }

  public delete(key: string): void {
    this.entries.drop(key);
  }
}
