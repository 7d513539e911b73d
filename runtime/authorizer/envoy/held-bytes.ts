import { Denial } from "../denial";

/** Bytes of bodies that are decided on at one time: memory is bounded, however many large ones come at once. */
export class HeldBytes {
  private held = 0;

  constructor(private readonly most: number) {}

  /** @throws Denial `gateway.authorizer`; what is taken is released in any case */
  public take(bytes: number): void {
    this.held += bytes;
    if (this.held > this.most) throw Denial.of("gateway.authorizer", "the authorizer has too much to read at once");
  }

  public release(bytes: number): void {
    this.held -= bytes;
  }
}
