/** Of all answers that are being read at the same time: those of Envoy itself come beside it */
const MOST_BYTES = 67_108_864;

/** What is kept of answers until their usage is read, over all calls */
export class HeldBytes {
  private held = 0;

  constructor(private readonly most: number) {}

  /** Whether so many more may be kept: then they are given back later */
  public take(bytes: number): boolean {
    if (this.held + bytes > this.most) return false;
    this.held += bytes;
    return true;
  }

  public giveBack(bytes: number): void {
    this.held -= bytes;
  }
}

/** Of this process */
export const HELD = new HeldBytes(MOST_BYTES);
