import type { ApprovalRecord } from "../../approval/approval-record";
import type { ApproverNotices } from "../../approval/approver-notices";
import type { Clock } from "../../clock";
import type { Log } from "../../log";
import { kindOf } from "../../outbound/credential";
import type { Registry } from "../../registry/registry";
import { internet } from "./internet";
import { noticeOf, noticeTo, type NoticeType } from "./notice";
import { noticeBody } from "./notice-body";
import { NoticeFailure } from "./notice-failure";
import { NoticeQueue, PAUSES, type QueueListener } from "./notice-queue";
import { type Addressed, type NoticeOutside, Receiver } from "./receiver";

export interface NoticesProps {
  readonly registry: Pick<Registry, "current">;
  readonly log: Log;
  readonly clock: Clock;
  /** Whether people may still decide on the request of this handle; may throw where that is not known */
  readonly isOpen: (handle: string) => Promise<boolean>;
  /** @default - Secrets Manager, the name service, and the internet */
  readonly outside?: NoticeOutside;
  /**
   * Milliseconds before each further attempt.
   *
   * @default - 5 s to 10 min
   */
  readonly pauses?: readonly number[];
  /**
   * Milliseconds for one attempt.
   *
   * @default 5,000
   */
  readonly attemptMilliseconds?: number;
}

/** A notice with the group that it is for */
interface Grouped extends Addressed {
  readonly group: string;
  /** Of the request */
  readonly handle: string;
}

/** Tells groups of approvers by webhook, beside what the exchange answers: no request waits for it. */
export class Notices implements ApproverNotices {
  private readonly queues = new Map<string, NoticeQueue<Grouped>>();
  private readonly outside: NoticeOutside;

  constructor(private readonly props: NoticesProps) {
    this.outside = props.outside ?? internet(props.clock);
  }

  public requested(record: ApprovalRecord): void {
    this.tell(record, "approval.requested");
  }

  public seconded(record: ApprovalRecord): void {
    this.tell(record, "approval.seconded");
  }

  /** Sends no more; waits for what is being sent, 5 s at most. */
  public async close(): Promise<void> {
    await Promise.all([...this.queues.values()].map((queue) => queue.close()));
  }

  private tell(record: ApprovalRecord, type: NoticeType): void {
    const { registry, clock } = this.props;
    const { agent, group, handle, openUntil: until } = record;
    try {
      const fleet = registry.current();
      const to = noticeTo(fleet, record);
      if (to === undefined) return;
      const notice = noticeOf(fleet, record, type, clock());
      this.queueOf(group).add({ id: notice.id, body: noticeBody(to.format, notice), until, agent, to, group, handle });
    } catch (error) {
      const code = error instanceof NoticeFailure ? error.code : "notice.failed";
      this.log("notice.lost", { code, group, because: error instanceof NoticeFailure ? error.message : kindOf(error) });
    }
  }

  /** One for each group that was told: no more than the registry names. */
  private queueOf(group: string): NoticeQueue<Grouped> {
    const { clock, pauses = PAUSES } = this.props;
    const known = this.queues.get(group);
    if (known !== undefined) return known;
    const receiver = new Receiver(this.outside, clock, this.props.attemptMilliseconds);
    const sender = { send: (one: Grouped) => receiver.send(one), isWanted: (one: Grouped) => this.isWanted(one) };
    const queue = new NoticeQueue(sender, this.listener, clock, pauses);
    this.queues.set(group, queue);
    return queue;
  }

  /** A notice too many harms less than one too few. */
  private isWanted({ handle }: Grouped): Promise<boolean> {
    return this.props.isOpen(handle).catch(() => true);
  }

  private readonly listener: QueueListener<Grouped> = {
    sent: (one, attempts) => this.log("notice.sent", { ...factsOf(one), attempts }),
    dropped: (one, attempts) => this.log("notice.dropped", { ...factsOf(one), attempts }),
    delayed: (one, { code, message: because }, attempts, milliseconds) =>
      this.log("notice.delayed", { code, ...factsOf(one), attempts, because, againMilliseconds: milliseconds }),
    lost: (one, code, because, attempts) => this.log("notice.lost", { code, ...factsOf(one), attempts, because }),
  };

  /** A log that is full must not end what is under way. */
  private log(...line: Parameters<Log>): void {
    try {
      this.props.log(...line);
    } catch {
      // There is no other place to tell it.
    }
  }
}

function factsOf({ id, group, to: { host } }: Grouped) {
  return { id, group, host };
}
