import { CONFIG_VARIABLE, readConfig } from "./config";
import { jsonLog, told } from "./log";
import { type RunningExchange, startExchange } from "./server";

// The AWS SDK is pinned, and a log is no place to be told of later versions.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

const log = jsonLog((line) => void process.stdout.write(line));

/** The exchange as a process: configured by a file, ended by a signal. */
async function main(): Promise<void> {
  const exchange = await startExchange(readConfig(process.env[CONFIG_VARIABLE]), { log });
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void end(exchange, signal));
}

async function end(exchange: RunningExchange, signal: string): Promise<void> {
  log("exchange.stopping", { signal });
  await exchange.close();
  log("exchange.stopped");
  process.exit(0);
}

function failed(error: unknown): void {
  log("exchange.crashed", { because: told(error) });
  process.exit(1);
}

process.once("uncaughtException", failed);
main().catch(failed);
