/**
 * What was read of files, by what they hold: where two folders hold the same file, it is read once, and what is read of it
 * is one value. Most of what two states of a fleet hold is the same.
 */
export class ReadOnce {
  private readonly known = new Map<string, unknown>();

  /**
   * @param reader which always reads the same of the same bytes
   * @param digest SHA-256 of the bytes
   */
  public of<Read>(reader: string, digest: string, read: () => Read): Read {
    const key = `${reader} ${digest}`;
    if (!this.known.has(key)) this.known.set(key, read());
    return this.known.get(key) as Read;
  }
}
