import type { OAuthError } from "../../../domain";
import { Bounded } from "../../bounded";
import type { Clock } from "../../clock";
import type { ExchangeClient, Serving, Wanted } from "../exchange-client";
import { Problem } from "../problem";
import { Run } from "../run";

/** More than any agent has */
const MOST_TASKS = 256;
const TOOL = "tool:";
/** What may be refused of a token alone, where the run may begin */
const OF_TOKENS: readonly unknown[] = ["access_denied", "invalid_target"] satisfies readonly OAuthError[];

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
      if (wanted === undefined || !(error instanceof Problem && OF_TOKENS.includes(error.body.error))) throw error;
      this.wanted.drop(task);
      return Run.serve(this.exchange, this.clock, serving, undefined);
    }
  }

  /** A run is about to ask for a token. */
  public asked({ served, asks, task }: Run, wanted: Wanted): void {
    if (served && !asks && wanted.audience.startsWith(TOOL)) this.wanted.put(task, wanted);
  }

  /** The request that a run was begun for is over. */
  public over({ asks, task }: Run): void {
    if (!asks) this.wanted.drop(task);
  }
}
