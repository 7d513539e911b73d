import { Denial } from "./denial";

/** Bytes that are held at one time, over all calls: memory is bounded, however many large ones come at once. */
export class HeldBytes {
  private held = 0;

  constructor(private readonly most: number) {}

  /** Whether so many more may be held: then they are released later */
  public takes(bytes: number): boolean {
    if (this.held + bytes > this.most) return false;
    this.held += bytes;
    return true;
  }

  /** @throws Denial `gateway.authorizer` where so many more may not be held */
  public take(bytes: number): void {
    if (!this.takes(bytes)) throw Denial.of("gateway.authorizer", "the authorizer has too much to read at once");
  }

  public release(bytes: number): void {
    this.held -= bytes;
  }
}
