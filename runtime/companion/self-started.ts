import type { Clock } from "../clock";
import { ahead, type AwsCredentials } from "./aws-credentials";
import type { Wanted } from "./exchange-client";
import { Problem } from "./problem";
import { Renewed } from "./renewed";
import { AWS_LEAST_SECONDS, type Run } from "./run";
import { RUN_IS_OVER } from "./run-is-over";

export interface SelfStartedOptions {
  readonly clock: Clock;
  /** The last run that the agent started by itself, if it lives */
  readonly last: () => Run | undefined;
  /** Begins one, by asking for this */
  readonly begin: (wanted: Wanted) => Promise<Run>;
  /** A run with which the exchange does not go on */
  readonly end: (run: Run) => void;
}

/** Tokens and credentials of a task that the agent starts itself, shared by its runs */
export class SelfStarted {
  public readonly aws: Renewed<AwsCredentials>;
  private beginning: { readonly audience: string; readonly run: Promise<Run> } | undefined;

  constructor(private readonly options: SelfStartedOptions) {
    this.aws = new Renewed({
      fetch: () => this.with({ audience: "aws" }, (run) => this.awsOf(run)),
      clock: options.clock,
      leastSeconds: AWS_LEAST_SECONDS,
    });
  }

  /**
   * Use the current run: starts one if there is none, and the next before the last one ends.
   *
   * @param wanted first token of a new run
   * @throws Problem
   */
  public async with<T>(wanted: Wanted, use: (run: Run) => Promise<T>): Promise<T> {
    const run = this.current();
    if (run === undefined) return use(await this.next(wanted));
    try {
      return await use(run);
    } catch (error) {
      // A new run shows whether the task may go on. Other refusals must not end the present run.
      if (!(error instanceof Problem) || !error.codes.some((code) => RUN_IS_OVER.has(code))) throw error;
      this.options.end(run);
      return use(await this.next(wanted));
    }
  }

  /** The last, unless the next is due */
  private current(): Run | undefined {
    const run = this.options.last();
    return run === undefined || this.options.clock() >= followedAt(run) ? undefined : run;
  }

  /** One begins at a time. Concurrent calls for the same share its result, or its refusal. */
  private async next(wanted: Wanted): Promise<Run> {
    while (this.beginning !== undefined && this.beginning.audience !== wanted.audience) {
      await this.beginning.run.catch(() => undefined);
    }
    const run = this.current();
    if (run !== undefined) return run;
    this.beginning ??= {
      audience: wanted.audience,
      run: this.begun(wanted).finally(() => (this.beginning = undefined)),
    };
    return this.beginning.run;
  }

  private async begun(wanted: Wanted): Promise<Run> {
    try {
      return await this.options.begin(wanted);
    } catch (error) {
      // While the exchange cannot say, the last is good until it is over.
      const last = error instanceof Problem && !error.final ? this.options.last() : undefined;
      if (last === undefined) throw error;
      return last;
    }
  }

  /** They are asked for again when the run has newer ones, or when the next run is due. */
  private async awsOf(run: Run): Promise<AwsCredentials> {
    const credentials = await run.awsCredentials();
    return { ...credentials, refreshAt: Math.min(credentials.refreshAt, followedAt(run)) };
  }
}

/** The next run begins before the last is over. */
function followedAt({ expiresAt, startedAt }: Run): number {
  return ahead(expiresAt, startedAt);
}

/**
 * What the agent starts itself is no work of a request.
 *
 * @throws Problem `companion.other-run`
 */
export function refuseHandles(handles: readonly string[]): void {
  if (handles.length === 0) return;
  throw Problem.of(
    "companion.other-run",
    "the call is for a run that the agent starts itself, and has a handle of another",
  );
}
