import { jsonLog, told } from "../log";
import { ConfigError, readEnvironment } from "./config";
import { startCompanion } from "./start";

const UNUSABLE_CONFIGURATION = 2;

async function main(): Promise<void> {
  const log = jsonLog((line) => process.stdout.write(line));
  try {
    const config = readEnvironment(process.env);
    const starting = startCompanion({ config, log });
    const close = (): void =>
      void starting
        .then((companion) => companion.close())
        .then(
          () => log("companion.stopped"),
          () => undefined,
        );
    // Before it says that it listens, or a signal could end it at once.
    process.once("SIGTERM", () => {
      const { drainSeconds } = config;
      void starting.then(
        (companion) => companion.leave(),
        () => undefined,
      );
      log("companion.stopping", { signal: "SIGTERM", drainSeconds });
      setTimeout(close, drainSeconds * 1_000);
    });
    process.once("SIGINT", () => {
      log("companion.stopping", { signal: "SIGINT" });
      close();
    });
    await starting;
  } catch (error) {
    const config = error instanceof ConfigError;
    log("companion.failed", { because: config ? error.message.split("\n") : told(error) });
    process.exitCode = config ? UNUSABLE_CONFIGURATION : 1;
  }
}

void main();
