import { Bounded } from "../../bounded";
import type { Clock } from "../../clock";
import type { ExchangeClient, IssuedToken, Serving, Wanted } from "../exchange-client";
import { Problem } from "../problem";
import { Run } from "../run";

/** More than any agent has */
const MOST_TASKS = 256;
const TOOL = "tool:";
/** Where these refuse, the run may have begun all the same, or the start itself is refused. */
const OF_STARTS = /^(companion|evidence|store)\./;
const REPLAYED = "evidence.replayed";

/**
 * What runs that are served ask for first, by task. The next run of the task begins with that token, so the exchange is asked once in place
 * of twice. A run that had no use for it ends that, until one asks for a token by itself again.
 */
export class FirstTokens {
  private readonly wanted = new Bounded<Wanted>(MOST_TASKS);

  constructor(
    private readonly exchange: ExchangeClient,
    private readonly clock: Clock,
  ) {}

  /**
   * Begin a run, or join it.
   *
   * @throws Problem
   */
  public async run(serving: Serving): Promise<Run> {
    const { task, run: joined } = serving;
    const wanted = joined === undefined ? this.wanted.of(task) : undefined;
    try {
      return await Run.serve(this.exchange, this.clock, serving, wanted);
    } catch (error) {
      if (wanted === undefined) throw error;
      this.wanted.drop(task);
      if (!isOfToken(error)) throw error;
      return Run.serve(this.exchange, this.clock, serving, undefined).catch((again: unknown) => {
        // Refused behind its write: the first refusal says why.
        throw again instanceof Problem && again.codes.includes(REPLAYED) ? error : again;
      });
    }
  }

  /**
   * The token that a run asks for.
   *
   * @throws Problem
   */
  public async token(run: Run, wanted: Wanted): Promise<IssuedToken> {
    const isFirst = run.served && !run.asks;
    const token = await run.token(wanted);
    if (isFirst && isAll(wanted)) this.wanted.put(run.task, wanted);
    return token;
  }

  /** The request that a run was begun for is over. */
  public over({ asks, task }: Run): void {
    if (!asks) this.wanted.drop(task);
  }
}

/** Of all that a task grants at a tool: less is one run's wish, or one chain's. */
function isAll({ audience, scope, delegate }: Wanted): boolean {
  return audience.startsWith(TOOL) && scope === undefined && delegate === undefined;
}

/** Perhaps only the token was refused, and nothing was written. */
function isOfToken(error: unknown): boolean {
  if (!(error instanceof Problem)) return false;
  return error.body.error !== "server_error" && !error.codes.some((code) => OF_STARTS.test(code));
}
