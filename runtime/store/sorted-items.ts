import type { Stored } from "./transaction";

/** Items of one partition, which can be listed in the order of their keys' bytes */
export class SortedItems {
  private readonly items = new Map<string, Stored>();
  /** Whether something of it was ever put that expires */
  public mayExpire = false;
  /** Of all items and of some that were removed; undefined where it must be sorted anew */
  private sorts: string[] | undefined;

  public get size(): number {
    return this.items.size;
  }

  public get(sort: string): Stored | undefined {
    return this.items.get(sort);
  }

  public entries(): IterableIterator<[string, Stored]> {
    return this.items.entries();
  }

  public set(sort: string, stored: Stored): void {
    if (stored.expiresAt !== undefined) this.mayExpire = true;
    if (!this.items.has(sort)) this.place(sort);
    this.items.set(sort, stored);
  }

  /** @returns whether it was there */
  public delete(sort: string): boolean {
    const wasThere = this.items.delete(sort);
    if (this.sorts !== undefined && this.sorts.length > 2 * this.items.size) this.sorts = undefined;
    return wasThere;
  }

  /** Behind a key, which need not be there, or from the beginning */
  public *behind(after: string | undefined): Generator<{ readonly sort: string; readonly stored: Stored }> {
    const sorts = (this.sorts ??= [...this.items.keys()].sort(byBytes));
    for (let at = after === undefined ? 0 : firstBehind(sorts, after); at < sorts.length; at++) {
      const sort = sorts[at] as string;
      const stored = this.items.get(sort);
      if (stored !== undefined) yield { sort, stored };
    }
  }

  private place(sort: string): void {
    if (this.sorts === undefined) return;
    const at = firstBehind(this.sorts, sort);
    // One that was removed may still have its place.
    if (this.sorts[at - 1] !== sort) this.sorts.splice(at, 0, sort);
  }
}

/** Looked for from the end: records of a writer come in their order, and its head alone stands behind them. */
function firstBehind(sorts: readonly string[], after: string): number {
  let [from, to] = [0, sorts.length];
  for (let step = 1; step <= to; step *= 2) {
    if (byBytes(sorts[to - step] as string, after) <= 0) {
      from = to - step + 1;
      break;
    }
    to -= step;
  }
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (byBytes(sorts[middle] as string, after) <= 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The order of their bytes in UTF-8, which is that of UTF-16 but for half characters: these stand behind all others there. */
function byBytes(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at++) {
    const [unit, others] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (unit !== others) return rank(unit) - rank(others);
  }
  return one.length - other.length;
}

function rank(unit: number): number {
  const isHalf = unit >= 0xd800 && unit < 0xe000;
  return isHalf ? unit + 0x10000 : unit;
}
