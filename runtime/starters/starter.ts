import { setTimeout as after } from "node:timers/promises";
import { type Log, told } from "../log";
import type { Answered, Asked } from "./asked";
import type { StarterConfig } from "./config";
import { type Meaning, meaningOf } from "./meaning";
import type { Sign } from "../jose/compact";
import { startId, startToken } from "./start-token";

/** One schedule's moment, or one event */
export interface Occasion {
  /** The same whenever it is delivered again */
  readonly id: string;
  /** Whether its message was delivered before: what came of that is not known */
  readonly isAgain: boolean;
  /** What the agent is sent */
  readonly body: string;
}

export interface StarterProps {
  readonly config: StarterConfig;
  /** PEM of the gateway's authority; undefined for what Node trusts */
  readonly ca: string | undefined;
  readonly sign: Sign;
  readonly ask: (asked: Asked) => Promise<Answered>;
  readonly log: Log;
  /** Milliseconds since the epoch */
  readonly now: () => number;
  /**
   * Waits for so many milliseconds.
   *
   * @default - a timer
   */
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

const SECOND = 1_000;
/** From the first try on; the answer to the last one may take five minutes more. */
const TRYING_SECONDS = 240;
const WAITS = { first: 1, longest: 30 } as const;
/** What an agent's own answer is logged as beside a start: neither is tried again */
const FIRST_FAILURE = 500;

/** What ends it, and why then */
const ENDS: Readonly<Partial<Record<Meaning, string>>> = {
  refused: "it was refused",
  replayed: "an earlier try has used it up, and may have started nothing",
};

/** Starts one task, once for each occasion: it signs, asks, and says in its log what came of it. */
export class Starter {
  constructor(private readonly props: StarterProps) {}

  /** @returns false if the occasion should be delivered again, or put aside */
  public async start({ id, isAgain, body }: Occasion): Promise<boolean> {
    const { now, log, wait = after } = this.props;
    const until = now() + TRYING_SECONDS * SECOND;
    let seconds: number = WAITS.first;
    let use = 0;
    let isInDoubt = isAgain;
    for (;;) {
      const answered = await this.tried({ id, isAgain: isInDoubt, body }, use);
      const meaning = answered === undefined ? "later" : meaningOf(answered);
      if (meaning === "started" || (meaning === "replayed" && !isInDoubt)) return true;
      if (meaning === "unseen") use += 1;
      isInDoubt ||= answered === undefined || answered.status >= FIRST_FAILURE;
      const pause = Math.max(seconds, answered?.retryAfter ?? 0);
      const why = ENDS[meaning] ?? (now() + pause * SECOND > until ? "no time is left" : undefined);
      if (why !== undefined) {
        log("start.failed", { occasion: id, because: why });
        return false;
      }
      await wait(pause * SECOND);
      seconds = Math.min(seconds * 2, WAITS.longest);
    }
  }

  /** One try, with a fresh token: undefined if no answer came. */
  private async tried({ id: occasion, isAgain, body }: Occasion, use: number): Promise<Answered | undefined> {
    const { config, ca, sign, ask, log, now } = this.props;
    const id = startId(config.name, occasion, use);
    const facts = { occasion, jti: id };
    try {
      const token = await startToken({ config, id, now: Math.floor(now() / SECOND) }, sign);
      const headers = { Authorization: `Bearer ${token}`, "Ambit-Start": config.start, "Ambit-Task": config.task };
      const answered = await ask({ address: config.address, method: config.method, headers, body, ca });
      this.tell(answered, isAgain, facts);
      return answered;
    } catch (error) {
      log("start.unanswered", { ...facts, because: told(error) });
      return undefined;
    }
  }

  private tell(answered: Answered, isInDoubt: boolean, facts: Readonly<Record<string, string>>): void {
    const { status, reasons, isOfAgent } = answered;
    const codes = reasons.map(({ code }) => code);
    const meaning = meaningOf(answered);
    const event = eventOf(meaning, isOfAgent, isInDoubt);
    const failed = isOfAgent && status >= FIRST_FAILURE ? { failed: true } : {};
    this.props.log(event, { ...facts, status, ...(codes.length > 0 && { codes }), ...failed });
  }
}

function eventOf(meaning: Meaning, isOfAgent: boolean, isInDoubt: boolean): string {
  if (meaning === "started") return isOfAgent ? "start.answered" : "start.unheard";
  return meaning === "replayed" && isInDoubt ? "start.doubtful" : `start.${meaning}`;
}
