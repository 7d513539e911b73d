import { refuse } from "./errors";
import { LIMITS } from "./limits";
import { Ttl, type TtlInput } from "./ttl";

export interface SessionProps {
  /**
   * A session ends when it is idle for this long.
   *
   * @default - 30 min, or `total` if that is shorter
   */
  readonly idle?: TtlInput;

  /**
   * A session ends this long after it began, idle or not; at most 12 h.
   *
   * @default 8 h
   */
  readonly total?: TtlInput;
}

/** How long state about one agent and user lives at the exchange. */
export class SessionLimits {
  private constructor(
    public readonly idle: Ttl,
    public readonly total: Ttl,
  ) {}

  public static of(props: SessionProps, where: string): SessionLimits {
    const total = Ttl.from(props.total ?? LIMITS.sessionTotal.default, where, "session.total");
    total.atMost(LIMITS.sessionTotal.ceiling, where, "session.total");
    const idle = Ttl.from(props.idle ?? LIMITS.sessionIdle.default.min(total), where, "session.idle");
    if (idle.seconds > total.seconds) {
      refuse("limit.exceeded", where, `session.idle must be at most session.total (${total}), got ${idle}`);
    }
    return new SessionLimits(idle, total);
  }
}
