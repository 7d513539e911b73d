import type { RunProgram } from "../stop/function-call";

/** As the AWS command line shows the code of an error */
const TOO_OFTEN =
  /\((?:RequestLimitExceeded|RequestThrottled|RequestThrottledException|SlowDown|ThrottledException|Throttling|ThrottlingException|TooManyRequestsException)\)/;
const FIRST_WAIT_MILLISECONDS = 1_000;
const MOST_WAITS = 6;

/**
 * Runs a program again where AWS says that it is asked too often, after 1, 2, 4, 8, 16 and 32 seconds: the command line itself tries
 * again too, for a few seconds.
 */
export function patient(run: RunProgram, wait: (milliseconds: number) => Promise<void>): RunProgram {
  return async (...call) => {
    for (let waits = 0; ; waits++) {
      const ended = await run(...call);
      if (ended.code === 0 || waits === MOST_WAITS || !TOO_OFTEN.test(ended.tail)) return ended;
      await wait(FIRST_WAIT_MILLISECONDS * 2 ** waits);
    }
  };
}
