import type { Clock } from "../../clock";
import type { Credential } from "../../outbound/credential";

/** Seconds before its end from which the token for the transmitter is got again */
const MARGIN_SECONDS = 60;

/** The token for a transmitter, as long as it is good */
export class HeldToken {
  private held: Credential | undefined;

  /** @param got a new token. Throws OutboundFailure, Refusal. */
  constructor(
    private readonly got: (signal: AbortSignal) => Promise<Credential>,
    private readonly clock: Clock,
  ) {}

  /** @throws OutboundFailure, Refusal */
  public async headers(signal: AbortSignal): Promise<Credential["headers"]> {
    if (this.held === undefined || this.clock() >= this.held.expiresAt - MARGIN_SECONDS)
      this.held = await this.got(signal);
    return this.held.headers;
  }

  /** The transmitter may have forgotten it, as after a restart. */
  public drop(): void {
    this.held = undefined;
  }
}
