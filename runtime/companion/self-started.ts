import type { Clock } from "../clock";
import { ahead, type AwsCredentials } from "./aws-credentials";
import { Problem } from "./problem";
import { Renewed } from "./renewed";
import { AWS_LEAST_SECONDS, type Run } from "./run";

export interface SelfStartedOptions {
  readonly clock: Clock;
  /** The last run that the agent started by itself, if it lives */
  readonly last: () => Run | undefined;
  /** Begins one */
  readonly begin: () => Promise<Run>;
  /** A run with which the exchange does not go on */
  readonly end: (run: Run) => void;
}

/** AWS credentials of a task that the agent starts by itself, whichever run they belong to */
export function selfStarted(options: SelfStartedOptions): Renewed<AwsCredentials> {
  const { clock } = options;
  return new Renewed({ fetch: () => ofSomeRun(options), clock, leastSeconds: AWS_LEAST_SECONDS });
}

async function ofSomeRun({ clock, last, begin, end }: SelfStartedOptions): Promise<AwsCredentials> {
  const run = last();
  if (run === undefined || clock() >= followedAt(run)) return of(await begin());
  try {
    return await of(run);
  } catch (error) {
    // Its session ended, or the exchange forgot it: a new one tells whether the task may go on.
    if (!(error instanceof Problem) || !error.final) throw error;
    end(run);
    return of(await begin());
  }
}

/** They are asked for again when the run has newer ones, or when the next run is due. */
async function of(run: Run): Promise<AwsCredentials> {
  const credentials = await run.awsCredentials();
  return { ...credentials, refreshAt: Math.min(credentials.refreshAt, followedAt(run)) };
}

/** The next run begins before the last is over. */
function followedAt({ expiresAt, startedAt }: Run): number {
  return ahead(expiresAt, startedAt);
}
