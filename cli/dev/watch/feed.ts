import type { Numbered, Seen } from "./events";

const MOST_KEPT = 1_000;

/** The last events, and who follows them */
export class Feed {
  private readonly kept: Numbered[] = [];
  private readonly followers = new Set<(event: Numbered) => void>();
  private last = 0;

  constructor(private readonly now: () => Date = () => new Date()) {}

  public tell(seen: Seen): void {
    this.last += 1;
    const event = { ...seen, number: this.last, time: this.now().toISOString() };
    this.kept.push(event);
    if (this.kept.length > MOST_KEPT) this.kept.shift();
    for (const follower of this.followers) follower(event);
  }

  /** Those that are kept still and came later, the oldest first */
  public since(number: number): readonly Numbered[] {
    return this.kept.filter((event) => event.number > number);
  }

  /** @returns how to follow no more */
  public follow(follower: (event: Numbered) => void): () => void {
    this.followers.add(follower);
    return () => void this.followers.delete(follower);
  }
}
