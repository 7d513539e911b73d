import { jsonLog, told } from "../exchange/log";
import { ConfigError, readEnvironment } from "./config";
import { startCompanion } from "./start";

const UNUSABLE_CONFIGURATION = 2;

async function main(): Promise<void> {
  const log = jsonLog((line) => process.stdout.write(line));
  try {
    const config = readEnvironment(process.env);
    const companion = await startCompanion({ config, log });
    const close = (): void => void companion.close().then(() => log("companion.stopped"));
    process.once("SIGTERM", () => {
      const { drainSeconds } = config;
      log("companion.stopping", { signal: "SIGTERM", drainSeconds });
      setTimeout(close, drainSeconds * 1_000);
    });
    process.once("SIGINT", () => {
      log("companion.stopping", { signal: "SIGINT" });
      close();
    });
  } catch (error) {
    const config = error instanceof ConfigError;
    log("companion.failed", { because: config ? error.message.split("\n") : told(error) });
    process.exitCode = config ? UNUSABLE_CONFIGURATION : 1;
  }
}

void main();
