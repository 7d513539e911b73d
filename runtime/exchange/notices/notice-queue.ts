import type { Clock } from "../../clock";
import type { NoticeCode } from "./notice-failure";
import { NoticeFailure } from "./notice-failure";

/** One notice, ready to be sent */
export interface Sendable {
  readonly id: string;
  readonly body: string;
  /** Whole seconds since the epoch, from when on it is of no use */
  readonly until: number;
  /** Name of the agent that asks */
  readonly agent: string;
}

export interface NoticeSender<T> {
  /**
   * One attempt
   *
   * @throws NoticeFailure
   */
  send(what: T): Promise<void>;
  /** Whether it is of use still. Asked before each attempt but the first; never throws */
  isWanted(what: T): Promise<boolean>;
}

/** Told of how it went. Each must not throw. */
export interface QueueListener<T> {
  sent(what: T, attempts: number): void;
  /** It is not wanted any more, after so many attempts that failed */
  dropped(what: T, attempts: number): void;
  /** @param milliseconds until it is tried again */
  delayed(what: T, failure: NoticeFailure, attempts: number, milliseconds: number): void;
  lost(what: T, code: NoticeCode, because: string, attempts: number): void;
}

/** Of one group. A notice has about 1,000 bytes. */
export const QUEUE_LIMITS = { notices: 64, bytes: 131_072, atOnce: 4, ofAgent: 16 } as const;

/** Milliseconds before each further attempt, about: 17 min in all */
export const PAUSES: readonly number[] = [5_000, 30_000, 120_000, 300_000, 600_000];

interface Waiting<T> {
  readonly what: T;
  attempts: number;
}

/** Sends the notices of one group, a few at once, and again where that failed. What is full takes no more. */
export class NoticeQueue<T extends Sendable> {
  private readonly waiting: Waiting<T>[] = [];
  private readonly paused = new Map<Waiting<T>, NodeJS.Timeout>();
  private readonly sending = new Set<Promise<void>>();
  /** What was taken and has neither arrived nor was lost: it waits, pauses or is being sent */
  private readonly held = new Set<Waiting<T>>();
  private isClosed = false;

  constructor(
    private readonly sender: NoticeSender<T>,
    private readonly listener: QueueListener<T>,
    private readonly clock: Clock,
    private readonly pauses: readonly number[] = PAUSES,
  ) {}

  public add(what: T): void {
    if (this.isClosed) return this.listener.lost(what, "notice.stopped", "the exchange ends", 0);
    const held = [...this.held].map((one) => one.what);
    // One that asks a lot keeps no other from being heard.
    const ofAgent = held.filter(({ agent }) => agent === what.agent).length;
    if (ofAgent >= QUEUE_LIMITS.ofAgent) {
      return this.listener.lost(what, "notice.full", `${ofAgent} notices of the agent wait`, 0);
    }
    const isFull = held.length >= QUEUE_LIMITS.notices || bytesOf([...held, what]) > QUEUE_LIMITS.bytes;
    if (isFull) return this.listener.lost(what, "notice.full", `${held.length} notices of the group wait`, 0);
    const one = { what, attempts: 0 };
    this.held.add(one);
    this.waiting.push(one);
    this.next();
  }

  /** Takes and tries no more; waits for what is being sent. */
  public async close(): Promise<void> {
    this.isClosed = true;
    for (const timer of this.paused.values()) clearTimeout(timer);
    for (const one of [...this.waiting.splice(0), ...this.paused.keys()]) this.stopped(one);
    this.paused.clear();
    await Promise.all(this.sending);
  }

  private next(): void {
    while (this.sending.size < QUEUE_LIMITS.atOnce) {
      const first = this.waiting.shift();
      if (first === undefined) return;
      const sending: Promise<void> = this.tried(first).finally(() => {
        this.sending.delete(sending);
        this.next();
      });
      this.sending.add(sending);
    }
  }

  private async tried(one: Waiting<T>): Promise<void> {
    if (one.attempts > 0 && !(await this.sender.isWanted(one.what))) {
      this.held.delete(one);
      return this.listener.dropped(one.what, one.attempts);
    }
    if (one.attempts > 0 && this.isClosed) return this.stopped(one);
    one.attempts += 1;
    const failure = await this.sender.send(one.what).then(() => undefined, failureOf);
    if (failure !== undefined) return this.failed(one, failure);
    this.held.delete(one);
    this.listener.sent(one.what, one.attempts);
  }

  private failed(one: Waiting<T>, failure: NoticeFailure): void {
    const { what, attempts } = one;
    const pause = this.pauses[attempts - 1];
    const milliseconds = Math.round((pause ?? 0) * (0.8 + Math.random() * 0.4));
    const isInTime = this.clock() + milliseconds / 1_000 < what.until;
    if (failure.isFinal || pause === undefined || !isInTime) {
      this.held.delete(one);
      return this.listener.lost(what, failure.code, failure.message, attempts);
    }
    if (this.isClosed) return this.stopped(one);
    const again = (): void => {
      this.paused.delete(one);
      this.waiting.push(one);
      this.next();
    };
    this.paused.set(one, setTimeout(again, milliseconds).unref());
    this.listener.delayed(what, failure, attempts, milliseconds);
  }

  private stopped(one: Waiting<T>): void {
    this.held.delete(one);
    this.listener.lost(one.what, "notice.stopped", "the exchange ends", one.attempts);
  }
}

function bytesOf(notices: readonly Sendable[]): number {
  return notices.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
}

function failureOf(error: unknown): NoticeFailure {
  return error instanceof NoticeFailure ? error : new NoticeFailure("notice.failed", "an unknown error");
}
