import { EXCHANGE_REASONS, type ExchangeReasonCode, type OAuthError, type Reason } from "../../domain";
import type { Act } from "../audit/audit";
import type { Value } from "../json";

/** A reason as it is sent to the client: of the exchange, or of the policy */
export type SentReason = Reason | { readonly code: ExchangeReasonCode; readonly what: string; readonly fix: string };

/** What it is refused for ends by itself */
export interface Waiting {
  /** Seconds until it is no longer in the way */
  readonly seconds: number;
  /** Committed with the refusal, so that no concurrent write interferes; undefined if it was committed before */
  readonly act: Act | undefined;
}

/** Nothing is issued. Any step may throw it; only the HTTP layer answers it. */
export class Refusal extends Error {
  public override readonly name = "Refusal";

  constructor(
    public readonly error: OAuthError,
    public readonly reasons: readonly SentReason[],
    /** Members of the answer besides `error`, `error_description` and `reasons` */
    public readonly more: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
    /** Undefined if waiting alone does not help */
    public readonly waiting?: Waiting,
  ) {
    super(reasons.map(({ code }) => code).join(", "), options);
  }

  /** Whether a record of it was written */
  public isOnRecord = false;

  /** Whose request it was: for the log alone */
  public about: Readonly<Record<string, Value>> = {};

  /** For a reason of the exchange's own. `detail`, where given, says what is wrong in this request. */
  public static of(code: ExchangeReasonCode, detail?: string, options?: ErrorOptions): Refusal {
    const { error, what, fix } = EXCHANGE_REASONS[code];
    return new Refusal(error, [{ code, what: detail ?? what, fix }], {}, options);
  }

  /** For a denial by the policy. */
  public static denied(reasons: readonly Reason[]): Refusal {
    return new Refusal("access_denied", reasons);
  }

  /** What is the same refusal, but ends by itself. */
  public until(waiting: Waiting): Refusal {
    const more = { ...this.more, retry_after: waiting.seconds };
    return new Refusal(this.error, this.reasons, more, { cause: this.cause }, waiting);
  }
}
