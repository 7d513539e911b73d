/** By Ctrl-C, by a service manager, and by the end of the terminal */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Called once, at the first of them; what runs is put away then. */
export function onEndingSignal(act: () => void): void {
  let isFirst = true;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (isFirst) act();
      isFirst = false;
    });
  }
}
