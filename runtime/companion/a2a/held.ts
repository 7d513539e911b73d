import type { ByteRoom } from "../../growing-bytes";
import { Problem } from "../problem";

/** Of the companion's memory, for all that is read of A2A at one time on the way in, and as much on the way out */
export const MOST_HELD_BYTES = 16_777_216;

/** Bounds what is held for messages of A2A at one time, however many large ones come at once. */
export class Held implements ByteRoom {
  private held = 0;

  constructor(private readonly most = MOST_HELD_BYTES) {}

  /** @throws Problem `companion.busy` */
  public take(bytes: number): void {
    if (this.held + bytes > this.most) throw Problem.of("companion.busy", "too much of A2A is read at once");
    this.held += bytes;
  }

  public release(bytes: number): void {
    this.held -= bytes;
  }
}
