/** Keeps the last so many entries, each for so long */
export class BoundedMap<V> {
  private readonly entries = new Map<string, { readonly value: V; readonly until: number }>();

  /** @param milliseconds for which an entry is good */
  constructor(
    private readonly most: number,
    private readonly milliseconds: number,
    private readonly now: () => number = Date.now,
  ) {}

  public get size(): number {
    return this.entries.size;
  }

  public set(key: string, value: V): void {
    this.entries.delete(key);
    this.entries.set(key, { value, until: this.now() + this.milliseconds });
    const [oldest] = this.entries.keys();
    if (this.entries.size > this.most && oldest !== undefined) this.entries.delete(oldest);
  }

  /** Undefined where it is over, or was never there */
  public get(key: string): V | undefined {
    const found = this.entries.get(key);
    return found !== undefined && this.now() < found.until ? found.value : undefined;
  }

  /** {@link get}, once */
  public take(key: string): V | undefined {
    const value = this.get(key);
    this.entries.delete(key);
    return value;
  }

  public delete(key: string): void {
    this.entries.delete(key);
  }
}
