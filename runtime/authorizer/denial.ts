import { GATEWAY_REASONS, type GatewayError, type GatewayReasonCode, type OAuthError, type Reason } from "../../domain";
import type { SentReason } from "../refusal/refusal";

/** A reason as the agent gets it: of the gateway, of the exchange or of the policy */
export type DenialReason =
  SentReason | { readonly code: GatewayReasonCode; readonly what: string; readonly fix: string };

/** The refusal in terms of JSON-RPC 2.0 */
export interface RpcAnswer {
  readonly id: number | string | undefined;
  readonly code: number;
  readonly message: string;
  /** Of HTTP; that of the error where it is left out */
  readonly status: number | undefined;
  /** Whether the client learns only the id of the log entry */
  readonly isSilent: boolean;
}

export interface DenialOptions extends ErrorOptions {
  /** Seconds after which the same request may be allowed */
  readonly retryAfter?: number | undefined;
  /** Members of the answer besides `error`, `error_description` and `reasons` */
  readonly more?: Readonly<Record<string, unknown>>;
  readonly rpc?: RpcAnswer;
  /** Whether the exchange has a record of it */
  readonly isOnRecord?: boolean;
}

/** Each is of a connection or a token that was verified, or names what is declared. */
export interface DenialFacts {
  /** SPIFFE ID of who asks */
  readonly agent?: string;
  readonly task?: string;
  readonly run?: string;
  readonly txn?: string;
  readonly action?: string;
  /** Name of the agent that the request is for */
  readonly asked?: string;
}

/** The call does not go out. Any step may throw it; only the gateway answers it. */
export class Denial extends Error {
  public override readonly name = "Denial";
  public readonly retryAfter: number | undefined;
  public readonly more: Readonly<Record<string, unknown>>;
  /** Undefined if it is answered as HTTP has it */
  public readonly rpc: RpcAnswer | undefined;
  public readonly isOnRecord: boolean;
  /** For log and record: the peer of the connection, the agent and user of the verified token, and the declaration of the requested action */
  public about: DenialFacts = {};

  constructor(
    public readonly error: GatewayError | OAuthError,
    public readonly reasons: readonly DenialReason[],
    { retryAfter, more = {}, rpc, isOnRecord = false, ...options }: DenialOptions = {},
  ) {
    super(reasons.map(({ code }) => code).join(", "), options);
    this.retryAfter = retryAfter;
    this.more = more;
    this.rpc = rpc;
    this.isOnRecord = isOnRecord;
  }

  /** For a reason of the gateway's own. `detail`, where given, says what is wrong with this request. */
  public static of(code: GatewayReasonCode, detail?: string, options?: ErrorOptions): Denial {
    const { error, what, fix } = GATEWAY_REASONS[code];
    return new Denial(error, [{ code, what: detail ?? what, fix }], options);
  }

  /** For a denial by the policy */
  public static byPolicy(reasons: readonly Reason[], retryAfter?: number): Denial {
    return new Denial("access_denied", reasons, { retryAfter });
  }

  /** @param more members of the answer besides */
  public with(more: Readonly<Record<string, unknown>>): Denial {
    return this.changed({ more: { ...this.more, ...more } });
  }

  public answeredAs(rpc: RpcAnswer): Denial {
    return this.changed({ rpc });
  }

  public get codes(): readonly string[] {
    return this.reasons.map(({ code }) => code);
  }

  private changed(options: DenialOptions): Denial {
    const { error, reasons, retryAfter, more, rpc, isOnRecord, cause } = this;
    return new Denial(error, reasons, {
      retryAfter,
      more,
      isOnRecord,
      ...(rpc !== undefined && { rpc }),
      ...(cause !== undefined && { cause }),
      ...options,
    });
  }
}
