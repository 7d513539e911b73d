import { GATEWAY_REASONS, type GatewayError, type GatewayReasonCode, type OAuthError, type Reason } from "../../domain";
import type { SentReason } from "../refusal/refusal";

/** A reason as the agent gets it: of the gateway, of the exchange or of the policy */
export type DenialReason =
  SentReason | { readonly code: GatewayReasonCode; readonly what: string; readonly fix: string };

export interface DenialOptions extends ErrorOptions {
  /** Seconds after which the same request may be allowed */
  readonly retryAfter?: number | undefined;
  /** Members of the answer besides `error`, `error_description` and `reasons` */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** The call does not go out. Thrown by whichever step finds out, answered by the gateway alone. */
export class Denial extends Error {
  public override readonly name = "Denial";
  public readonly retryAfter: number | undefined;
  public readonly more: Readonly<Record<string, unknown>>;

  constructor(
    public readonly error: GatewayError | OAuthError,
    public readonly reasons: readonly DenialReason[],
    { retryAfter, more = {}, ...options }: DenialOptions = {},
  ) {
    super(reasons.map(({ code }) => code).join(", "), options);
    this.retryAfter = retryAfter;
    this.more = more;
  }

  /** For a reason of the gateway's own. `detail`, where given, says what is wrong with this request. */
  public static of(code: GatewayReasonCode, detail?: string, options?: ErrorOptions): Denial {
    const [error, what, fix] = GATEWAY_REASONS[code];
    return new Denial(error, [{ code, what: detail ?? what, fix }], options);
  }

  /** For a denial by the policy */
  public static byPolicy(reasons: readonly Reason[], retryAfter?: number): Denial {
    return new Denial("access_denied", reasons, { retryAfter });
  }

  public get codes(): readonly string[] {
    return this.reasons.map(({ code }) => code);
  }
}
