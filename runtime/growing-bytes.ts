const FEWEST = 1_024;

/** What is held in memory at one time, over all that is read */
export interface ByteRoom {
  /** @throws Error if so many more may not be held */
  take(bytes: number): void;
  release(bytes: number): void;
}

interface Share {
  readonly held: ByteRoom;
  bytes: number;
}

/** Releases the memory of a stream that was abandoned, once it is collected. */
const GIVEN_UP = new FinalizationRegistry<Share>(({ held, bytes }) => held.release(bytes));

/** Bytes that come in parts, in one place: many small parts cost no more than their bytes. */
export class GrowingBytes {
  private bytes = Buffer.alloc(0);
  private used = 0;
  private readonly share: Share | undefined;

  /** @param held in which these are counted */
  constructor(held: ByteRoom | undefined) {
    if (held === undefined) return;
    this.share = { held, bytes: 0 };
    GIVEN_UP.register(this, this.share);
  }

  public get length(): number {
    return this.used;
  }

  /** @throws Error of the room, if too much is held */
  public add(part: Uint8Array): void {
    const needed = this.used + part.length;
    if (needed > this.bytes.length) this.enlarge(Math.max(FEWEST, this.bytes.length * 2, needed));
    this.bytes.set(part, this.used);
    this.used = needed;
  }

  /** Decoded as UTF-8, with replacement characters */
  public text(): string {
    return this.bytes.toString("utf8", 0, this.used);
  }

  /** Empty it. What is small is kept for what comes next. */
  public clear(): void {
    this.used = 0;
    if (this.bytes.length > FEWEST) this.release();
  }

  public release(): void {
    this.bytes = Buffer.alloc(0);
    this.used = 0;
    if (this.share === undefined) return;
    this.share.held.release(this.share.bytes);
    this.share.bytes = 0;
  }

  private enlarge(size: number): void {
    const more = size - this.bytes.length;
    if (this.share !== undefined) {
      this.share.held.take(more);
      this.share.bytes += more;
    }
    const enlarged = Buffer.alloc(size);
    this.bytes.copy(enlarged, 0, 0, this.used);
    this.bytes = enlarged;
  }
}
