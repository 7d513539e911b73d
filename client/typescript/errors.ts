/** Why, and what would allow it: the codes are those of the exchange, of the policy and of the companion */
export interface RefusalReason {
  readonly code: string;
  readonly what: string;
  readonly fix: string;
}

/** Nothing was given. */
export abstract class AmbitError extends Error {
  constructor(
    message: string,
    public readonly reasons: readonly RefusalReason[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Whether this is among the reasons */
  public has(code: string): boolean {
    return this.reasons.some((reason) => reason.code === code);
  }
}

/** It was refused, and asking again changes nothing, at least not before `retryAfterSeconds`: the reasons say what would. */
export class AmbitRefused extends AmbitError {
  public override readonly name: string = "AmbitRefused";

  constructor(
    /** HTTP status */
    public readonly status: number,
    /** As OAuth names it, such as `access_denied` */
    public readonly error: string,
    reasons: readonly RefusalReason[],
    /** After which the same may be allowed, such as a read that waits for credentials; undefined where time changes nothing */
    public readonly retryAfterSeconds?: number,
  ) {
    super(sentence(error, reasons), reasons);
  }
}

/** The companion or the exchange could not answer: the same may work later. */
export class AmbitUnavailable extends AmbitError {
  public override readonly name = "AmbitUnavailable";

  constructor(
    message: string,
    reasons: readonly RefusalReason[] = [],
    /** What the answer asks to wait; undefined where it says nothing */
    public readonly retryAfterSeconds?: number,
    options?: ErrorOptions,
  ) {
    super(message, reasons, options);
  }
}

export function sentence(error: string, reasons: readonly RefusalReason[]): string {
  if (reasons.length === 0) return error;
  return reasons.map(({ code, what, fix }) => `${code}: ${what}: ${fix}`).join("; ");
}
