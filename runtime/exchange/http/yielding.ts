/** Names of connections that give way where they become scarce, those first that have least claim to stay */
export class Yielding {
  /** Of clients that were not authenticated yet, by when each came or sent its first request */
  private readonly unproven = new Map<string, number>();
  /** Of authenticated clients, by when the last answer went out */
  private readonly idle = new Map<string, number>();

  public isUnproven(name: string): boolean {
    return this.unproven.has(name);
  }

  public addUnproven(name: string, now: number): void {
    this.remove(name);
    this.unproven.set(name, now);
  }

  public addIdle(name: string, now: number): void {
    this.remove(name);
    this.idle.set(name, now);
  }

  public remove(name: string): void {
    this.unproven.delete(name);
    this.idle.delete(name);
  }

  /** @param latest since when, at least, each must have been in the way */
  public *since(latest: number): Iterable<string> {
    for (const names of [this.unproven, this.idle]) {
      for (const [name, since] of names) {
        if (since > latest) break;
        yield name;
      }
    }
  }
}
