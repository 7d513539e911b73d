/** At most so many values, by name; of more, the one that was put first is forgotten. */
export class Bounded<T> {
  private readonly values = new Map<string, T>();

  constructor(private readonly most: number) {}

  public get size(): number {
    return this.values.size;
  }

  public of(name: string): T | undefined {
    return this.values.get(name);
  }

  public put(name: string, value: T): void {
    this.values.delete(name);
    const [oldest] = this.values.keys();
    if (this.values.size >= this.most && oldest !== undefined) this.values.delete(oldest);
    this.values.set(name, value);
  }

  public drop(name: string): void {
    this.values.delete(name);
  }

  /** From the one that was put first, until one is to stay */
  public dropFirstWhile(isOver: (value: T) => boolean): void {
    for (const [name, value] of this.values) {
      if (!isOver(value)) return;
      this.values.delete(name);
    }
  }
}
