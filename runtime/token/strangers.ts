/** Of so many in an hour there is a record. */
export const MOST_STRANGERS = 1_000;
const HOUR_SECONDS = 3_600;

/**
 * Callers with an SVID that is neither declared nor listed. Each gets one record an hour: records are kept for ever,
 * and a caller with any SVID could otherwise write an unlimited number.
 */
export class Strangers {
  private hour = 0;
  private readonly known = new Set<string>();

  /** @param time whole seconds since the epoch */
  public isNew(spiffeId: string, time: number): boolean {
    const hour = Math.floor(time / HOUR_SECONDS);
    if (hour !== this.hour) {
      this.hour = hour;
      this.known.clear();
    }
    if (this.known.size >= MOST_STRANGERS || this.known.has(spiffeId)) return false;
    this.known.add(spiffeId);
    return true;
  }

  /** Its record is not there after all. */
  public unrecorded(spiffeId: string): void {
    this.known.delete(spiffeId);
  }
}
