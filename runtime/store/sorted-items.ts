import type { Stored } from "./transaction";

interface Place {
  readonly sort: string;
  readonly bytes: Buffer;
}

/** Items of one partition, which can be listed in the order of their keys' bytes */
export class SortedItems {
  private readonly items = new Map<string, Stored>();
  /** Of all items and of some that were removed; undefined if it must be sorted anew */
  private places: Place[] | undefined;

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
    if (!this.items.has(sort)) this.place(sort);
    this.items.set(sort, stored);
  }

  /** @returns whether it was there */
  public delete(sort: string): boolean {
    const wasThere = this.items.delete(sort);
    if (this.places !== undefined && this.places.length > 2 * this.items.size) this.places = undefined;
    return wasThere;
  }

  /** Behind a key, which need not be there, or from the beginning */
  public *behind(after: string | undefined): Generator<readonly [string, Stored]> {
    const places = (this.places ??= [...this.items.keys()].map(placeOf).sort((a, b) => a.bytes.compare(b.bytes)));
    for (let at = after === undefined ? 0 : firstBehind(places, Buffer.from(after)); at < places.length; at++) {
      const { sort } = places[at] as Place;
      const stored = this.items.get(sort);
      if (stored !== undefined) yield [sort, stored];
    }
  }

  /** Near the end mostly: records of a writer come in their order, and but its head stands behind them. */
  private place(sort: string): void {
    if (this.places === undefined) return;
    const place = placeOf(sort);
    const at = firstBehind(this.places, place.bytes);
    // One that was removed may still have its place.
    if (this.places[at - 1]?.sort !== sort) this.places.splice(at, 0, place);
  }
}

function placeOf(sort: string): Place {
  return { sort, bytes: Buffer.from(sort) };
}

function firstBehind(places: readonly Place[], after: Buffer): number {
  let [from, to] = [0, places.length];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if ((places[middle] as Place).bytes.compare(after) <= 0) from = middle + 1;
    else to = middle;
  }
  return from;
}
