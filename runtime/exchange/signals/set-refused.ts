/**
 * RFC 8935 section 2.4, which RFC 8936 section 2.3 reports errors with; `invalid_state` is of OpenID Shared Signals Framework 1.0 section
 * 8.1.4.1.
 */
export type SetError = "invalid_audience" | "invalid_issuer" | "invalid_key" | "invalid_request" | "invalid_state";

interface SetRefusedOptions {
  readonly cause?: unknown;
  /**
   * Whether the same token may be taken later, as when a key is fetched or a clock goes on.
   *
   * @default false
   */
  readonly mayPass?: boolean;
}

/** A refused security event token. The transmitter gets the code and this sentence. */
export class SetRefused extends Error {
  public override readonly name = "SetRefused";

  public readonly mayPass: boolean;

  constructor(
    public readonly code: SetError,
    message: string,
    { mayPass = false, cause }: SetRefusedOptions = {},
  ) {
    super(message, { cause });
    this.mayPass = mayPass;
  }
}
