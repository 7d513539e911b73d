import { jsonLog, told } from "../exchange/log";
import { ConfigError, readEnvironment } from "./config";
import { startCompanion } from "./start";

const UNUSABLE_CONFIGURATION = 2;

async function main(): Promise<void> {
  const log = jsonLog((line) => process.stdout.write(line));
  try {
    const companion = await startCompanion({ config: readEnvironment(process.env), log });
    const stop = (signal: NodeJS.Signals): void => {
      log("companion.stopping", { signal });
      void companion.close().then(() => log("companion.stopped"));
    };
    process.once("SIGTERM", stop);
    process.once("SIGINT", stop);
  } catch (error) {
    const config = error instanceof ConfigError;
    log("companion.failed", { because: config ? error.message.split("\n") : told(error) });
    process.exitCode = config ? UNUSABLE_CONFIGURATION : 1;
  }
}

void main();
