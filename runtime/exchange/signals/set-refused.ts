/** RFC 8935 section 2.4, which RFC 8936 section 2.3 reports errors with */
export type SetError = "invalid_audience" | "invalid_issuer" | "invalid_key" | "invalid_request";

/** A security event token that is not taken. The transmitter is told the code and this sentence. */
export class SetRefused extends Error {
  public override readonly name = "SetRefused";

  constructor(
    public readonly code: SetError,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
