/** A folder that is not read at all: malformed, or made to mislead. */
export class ReadError extends Error {
  /**
   * @param file relative to the folder that is read
   * @param place where in the file; empty for the file itself
   * @param what what is wrong there, and what to write instead
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
