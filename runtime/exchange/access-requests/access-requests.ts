import { endedWrite, KEPT_SECONDS, newTaskWrite, readTask, type StoredTask } from "../../approval/access-task";
import { type ApprovalRecord, recordUntil } from "../../approval/approval-record";
import { cancelledWrite, readApproval, type StoredApproval } from "../../approval/approvals";
import { accessTaskId, isAskedBy } from "../../approval/denial";
import type { AuditEvent, Ledger } from "../../audit/audit";
import type { Clock } from "../../clock";
import type { Registry } from "../../registry/registry";
import type { EpochState } from "../../session/stored";
import { retryOnConflict } from "../../store/retry-on-conflict";
import { type StateStore, StoreConflict, type Write } from "../../store/store";
import { userDigest } from "../../store/user-digest";
import { AccessProblem } from "./access-problem";
import { type AccessCaller, type Asker, askerOf } from "./asker";
import { boundDenial } from "./bound-denial";
import { sentBefore } from "./idempotency";
import { type ShownTask, shownTask, statusOf } from "./shown-task";
import { cancellationOf, type Submission, submissionOf } from "./submission";

export interface AccessRequestsProps {
  /** https origin */
  readonly issuer: string;
  readonly registry: Registry;
  /**
   * The store with its epoch of now.
   *
   * @throws Refusal `store.restored`, StoreUnavailable
   */
  readonly state: () => Promise<EpochState>;
  /** For what is no act: how a task was seen to have ended */
  readonly store: Pick<StateStore, "write">;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/** A task, and what people decide on for it */
interface Waiting {
  readonly task: StoredTask;
  readonly approval: StoredApproval;
}

/** Others of the run may submit, and people decide, at the same time. */
const ATTEMPTS = 5;

/**
 * The Access Request Service of AuthZEN's Access Request and Approval Profile, Draft 1, for denials of the gateway. A
 * task grants nothing: the call itself is decided anew.
 *
 * Each throws AccessProblem, Refusal, StoreConflict, StoreUnavailable or RegistryUnavailable.
 */
export class AccessRequests {
  constructor(private readonly props: AccessRequestsProps) {}

  /**
   * Idempotent: one denial always yields the same task.
   *
   * @param key `Idempotency-Key`; undefined if there is none
   */
  public submit(caller: AccessCaller, body: unknown, key: string | undefined): Promise<ShownTask> {
    const submission = submissionOf(body);
    return retryOnConflict({ attempts: ATTEMPTS }, async () => {
      const asker = await this.asker(caller);
      const sent =
        key === undefined
          ? undefined
          : await sentBefore(asker.state, { run: asker.run.run, key, body, now: asker.now });
      if (sent !== undefined && "task" in sent) return this.shown(asker, await this.found(asker, sent.task));
      const waiting = await this.waiting(asker, submission);
      const { task, isNew } = waiting;
      const writes: readonly Write[] = [
        ...(isNew ? [newTaskWrite(asker.state.epoch, task)] : []),
        ...(sent === undefined ? [] : [sent.note(task.id, task.expiresAt + KEPT_SECONDS)]),
      ];
      if (writes.length > 0) {
        const event = eventOf("approval.submitted", asker, waiting.approval.record, {});
        await this.props.ledger.commit({ writes, event });
      }
      return this.shown(asker, waiting);
    });
  }

  public async status(caller: AccessCaller, id: string): Promise<ShownTask> {
    const asker = await this.asker(caller);
    const waiting = await this.found(asker, id);
    refuseExpired(asker, waiting);
    return this.shown(asker, waiting);
  }

  /** The run that submitted it gives it up; another one of the agent that may see it may not. */
  public cancel(caller: AccessCaller, id: string, body: unknown): Promise<ShownTask> {
    const { reason } = cancellationOf(body);
    return retryOnConflict({ attempts: ATTEMPTS }, async () => {
      const asker = await this.asker(caller);
      const { task, approval } = await this.found(asker, id);
      if (task.run !== asker.run.run) throw AccessProblem.of("unknown_task");
      refuseExpired(asker, { task });
      const { record } = approval;
      if ((await statusOf(asker, task, record)) !== "pending") throw AccessProblem.of("invalid_task_state");
      const { state, now } = asker;
      const event = eventOf("approval.cancelled", asker, record, { reason: reason ?? null });
      // People decide on for those that asked before: what another run asked for too is not its own to take back.
      const isOfTheRun = record.runs?.[0] === asker.run.run;
      const write = isOfTheRun
        ? cancelledWrite(state.epoch, approval, now)
        : endedWrite(state.epoch, task, "cancelled");
      await this.props.ledger.commit({ writes: [write], event });
      return shownTask(this.props.issuer, asker, task, record, "cancelled");
    });
  }

  private async asker(caller: AccessCaller): Promise<Asker> {
    const { registry, state, clock } = this.props;
    const fleet = registry.current();
    return askerOf(await state(), fleet, caller, clock());
  }

  /** What was denied, with its task, which may be one of before */
  private async waiting(asker: Asker, submission: Submission): Promise<Waiting & { readonly isNew: boolean }> {
    const { state, run } = asker;
    const approval = await boundDenial(asker, submission);
    const { record } = approval;
    const id = accessTaskId(record, run.run);
    if (id === undefined) throw AccessProblem.of("invalid_denial_binding");
    const before = await readTask(state, id);
    const { run: of, sid } = run;
    const task = before ?? { id, handle: record.handle, run: of, sid, expiresAt: recordUntil(record), version: 1 };
    return { task, approval, isNew: before === undefined };
  }

  /** One answer for what is not there and what is another's */
  private async found({ state, run }: Asker, id: string): Promise<Waiting> {
    const task = await readTask(state, id);
    const approval = task && (await readApproval(state, task.handle));
    if (task === undefined || approval === undefined || !isAskedBy(approval.record, run)) {
      throw AccessProblem.of("unknown_task");
    }
    return { task, approval };
  }

  private async shown(asker: Asker, { task, approval: { record } }: Waiting): Promise<ShownTask> {
    const status = await statusOf(asker, task, record);
    if (task.ended === undefined && (status === "cancelled" || status === "failed")) {
      // It stays so, also where what ended it is undone. Where people decided, or another said so, meanwhile, that is seen the next time.
      await this.props.store.write([endedWrite(asker.state.epoch, task, status)]).catch(passOver);
    }
    return shownTask(this.props.issuer, asker, task, record, status);
  }
}

function passOver(error: unknown): void {
  if (!(error instanceof StoreConflict)) throw error;
}

function refuseExpired({ now }: Asker, { task }: Pick<Waiting, "task">): void {
  if (now >= task.expiresAt) throw AccessProblem.of("task_expired");
}

function eventOf(
  kind: "approval.cancelled" | "approval.submitted",
  { run: { agent, spiffeId, task, user, run, txn, sid }, now }: Asker,
  { digest, group }: ApprovalRecord,
  facts: AuditEvent["facts"],
): AuditEvent {
  const whose = { agent, spiffeId, task, user: user && userDigest(user), run, txn, sid };
  return { kind, time: now, facts: { ...whose, digest, group, ...facts } };
}
