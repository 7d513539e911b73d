import { COMPANION_REASONS, type CompanionReasonCode, own } from "../../domain";

/** The body of a refusal: RFC 6749 section 5.2 with reasons, and further members from the exchange */
export type RefusalBody = { readonly error: string } & Readonly<Record<string, unknown>>;

const UNAVAILABLE = 503;
const RETRY_SECONDS = 1;

/** The request gets only this answer. */
export class Problem extends Error {
  public override readonly name = "Problem";

  private constructor(
    public readonly status: number,
    public readonly body: RefusalBody,
    /** Whole seconds; undefined if a retry cannot succeed */
    public readonly retryAfter: number | undefined,
    cause?: unknown,
  ) {
    super(codesOf(body).join(", "), { cause });
  }

  /**
   * @param detail what is wrong in this request, in place of the general sentence
   * @param cause for the log alone
   */
  public static of(code: CompanionReasonCode, detail?: string, cause?: unknown): Problem {
    const { status, error, what: general, fix } = COMPANION_REASONS[code];
    const what = detail ?? general;
    const body = { error, error_description: `${what}: ${fix}`, reasons: [{ code, what, fix }] };
    return new Problem(status, body, status === UNAVAILABLE ? RETRY_SECONDS : undefined, cause);
  }

  /**
   * The exchange's own error, unchanged. If the exchange was unavailable, a retry may succeed; any other error is a
   * refusal.
   *
   * @param retryAfter its `Retry-After`, which a temporary refusal has too; undefined if there is none
   */
  public static saidByExchange(status: number, body: RefusalBody, retryAfter: number | undefined): Problem {
    return status >= 500 || body.error === "temporarily_unavailable"
      ? new Problem(UNAVAILABLE, body, retryAfter ?? RETRY_SECONDS)
      : new Problem(403, body, retryAfter);
  }

  /** It stays as it is, however often it is asked before `retryAfter`. */
  public get final(): boolean {
    return this.status < 500;
  }

  /** Whether the companion itself has refused it, and not the exchange */
  public get isOwn(): boolean {
    return this.codes.every((code) => own(COMPANION_REASONS, code) !== undefined);
  }

  /** Codes of the reasons, or the OAuth error where there are none */
  public get codes(): readonly string[] {
    return codesOf(this.body);
  }
}

function codesOf({ error, reasons }: RefusalBody): readonly string[] {
  if (!Array.isArray(reasons)) return [error];
  const codes = reasons.map((reason: unknown) => (reason as { code?: unknown } | null)?.code);
  return codes.every((code) => typeof code === "string") && codes.length > 0 ? codes : [error];
}
