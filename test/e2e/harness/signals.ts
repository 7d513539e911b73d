import { stopAll } from "./process";
import type { Suite } from "./suite";

const EXIT_CODES: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** A signal often comes twice, as npm passes its own on to a runner that has got one: the second changes nothing. */
export function putAwayOnSignal(suites: readonly Suite[]): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    stopAll();
    void Promise.allSettled(suites.map((suite) => suite.putAway())).then(() => process.exit(EXIT_CODES[signal]));
  };
  for (const signal of Object.keys(EXIT_CODES)) process.on(signal, stop);
  process.on("exit", stopAll);
}
