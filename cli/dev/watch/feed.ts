import { randomUUID } from "node:crypto";
import type { Numbered, Seen } from "./events";

const MOST_KEPT = 1_000;

/** The last events, and who follows them */
export class Feed {
  private readonly kept: Numbered[] = [];
  private readonly followers = new Set<(event: Numbered) => void>();
  private last = 0;
  /** Identifies this process: sequence numbers of an earlier one are meaningless */
  private readonly id = randomUUID();

  constructor(private readonly now: () => Date = () => new Date()) {}

  public tell(seen: Seen): void {
    this.last += 1;
    const event = { ...seen, number: this.last, time: this.now().toISOString() };
    this.kept.push(event);
    if (this.kept.length > MOST_KEPT) this.kept.shift();
    for (const follower of this.followers) follower(event);
  }

  /** By which a page says what it has seen already */
  public placeOf({ number }: Numbered): string {
    return `${this.id}.${number}`;
  }

  /** Those that are kept still and came after that place, the oldest first; all of them after one that is not of this feed */
  public since(place = ""): readonly Numbered[] {
    const [id, number] = place.split(".");
    return id === this.id ? this.kept.filter((event) => event.number > Number(number)) : this.kept;
  }

  /** @returns how to follow no more */
  public follow(follower: (event: Numbered) => void): () => void {
    this.followers.add(follower);
    return () => void this.followers.delete(follower);
  }
}
