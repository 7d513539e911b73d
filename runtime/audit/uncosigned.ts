import { type Clock, systemClock } from "../clock";
import { StoreUnavailable } from "../store/store";

/** How long records may be in the log that too few witnesses have cosigned, in seconds */
export interface CosigningBounds {
  /** From here on it is an alarm */
  readonly alarmSeconds: number;
  /** From here on acts are refused */
  readonly refuseSeconds: number;
}

export const COSIGNING_BOUNDS: CosigningBounds = { alarmSeconds: 300, refuseSeconds: 3_600 };

/** The log has gone without cosignatures for too long: nothing was written. Fails closed like an unavailable store. */
export class AuditUnwitnessed extends StoreUnavailable {}

/** Since when the log has records that too few witnesses have cosigned */
export class Uncosigned {
  /** Whole seconds since the epoch; null if all that there is was cosigned */
  public since: number | null = null;

  constructor(
    private readonly bounds: CosigningBounds = COSIGNING_BOUNDS,
    private readonly clock: Clock = systemClock,
  ) {}

  public get seconds(): number {
    return this.since === null ? 0 : Math.max(0, this.clock() - this.since);
  }

  /** Whether to log it */
  public get isAlarming(): boolean {
    return this.seconds >= this.bounds.alarmSeconds;
  }

  /** @throws AuditUnwitnessed if nothing more may be written */
  public check(): void {
    if (this.seconds < this.bounds.refuseSeconds) return;
    throw new AuditUnwitnessed(`too few witnesses have cosigned the log for ${this.seconds} s`);
  }
}
