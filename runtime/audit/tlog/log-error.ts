/** What was read is no part of the log that was asked for. One sentence. */
export class LogError extends Error {
  public override readonly name: string = "LogError";
}
