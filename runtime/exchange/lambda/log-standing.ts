import type { Backlog } from "../../audit/backlog";
import type { LogState } from "../../audit/integration/log-state";
import { recordsInLog } from "../../audit/written-records";
import { auditLogKey } from "../../store/keys";
import { type StateStore, StoreUnavailable } from "../../store/store";

const LOOK_MILLISECONDS = 1_000;

export interface LogStandingProps {
  readonly store: Pick<StateStore, "read">;
  readonly backlog: Backlog;
  /** Milliseconds from any beginning, that never go back */
  readonly elapsed: () => number;
}

/**
 * How far the audit log is behind, for a process that does not integrate it. It is read before each request, because a
 * function does not run between requests.
 */
export class LogStanding {
  private lookedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly props: LogStandingProps) {}

  /** Never throws: on a failed read the old value stays, and the backlog check refuses one that is too old. */
  public async look(): Promise<void> {
    const { store, backlog, elapsed } = this.props;
    const { writer, figures, uncosigned } = backlog;
    const isFirst = this.lookedAt === Number.NEGATIVE_INFINITY;
    if (elapsed() - this.lookedAt < LOOK_MILLISECONDS) return;
    if (!isFirst && figures.records === 0 && uncosigned.since === null) return;
    try {
      const records = writer === undefined ? 0 : recordsInLog(store, writer);
      const [[item], inLog] = await Promise.all([store.read([auditLogKey()]), records]);
      this.lookedAt = elapsed();
      uncosigned.since = (item?.value as LogState | undefined)?.uncosigned ?? null;
      if (writer !== undefined) backlog.integrated(new Map([[writer, inLog]]));
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    }
  }
}
