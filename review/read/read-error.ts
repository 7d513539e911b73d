/** The folder is refused as a whole: it is malformed, or made to mislead. */
export class ReadError extends Error {
  /**
   * @param file relative to the folder
   * @param place in the file; empty for the file itself
   * @param what the error, and what to write instead
   */
  constructor(
    public readonly file: string,
    public readonly place: string,
    what: string,
  ) {
    super([file, place, what].filter((part) => part !== "").join(": "));
    this.name = "ReadError";
  }
}
