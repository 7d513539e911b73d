/** For which records are counted */
const WINDOW_SECONDS = 60;
/** Of refusals in a minute that one process records with all that is known of them, by who was refused */
export const MOST_RECORDS = {
  /** Of a declared agent, by one sender */
  agent: 60,
  /** Of a sender, where no declared agent is known to have asked */
  others: 600,
} as const;

/** How many records there were of each in this minute. Records are kept for ever, and an agent could be refused in as many ways as it likes. */
export class RecordBounds {
  private minute = 0;
  private readonly records = new Map<string, number>();

  /**
   * @param now whole seconds since the epoch
   * @returns whether one more may be written for `name`
   */
  public hasRoom(name: string, most: number, now: number): boolean {
    const minute = Math.floor(now / WINDOW_SECONDS);
    if (minute !== this.minute) {
      this.minute = minute;
      this.records.clear();
    }
    return (this.records.get(name) ?? 0) < most;
  }

  public note(name: string): void {
    this.records.set(name, (this.records.get(name) ?? 0) + 1);
  }
}
