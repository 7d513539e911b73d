import { CONFIG_VARIABLE } from "../checked-config";
import { jsonLog, told } from "../log";
import { readConfig } from "./config";
import { type RunningExchange, startExchange } from "./server";

// The AWS SDK is pinned, and a log is no place to be told of later versions.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

/** Kubernetes takes a pod out of its service and stops it at once; until every node knows, requests still come. */
const LEAVING_MILLISECONDS = 5_000;

const log = jsonLog((line) => void process.stdout.write(line));

/** The exchange as a process: configured by a file, ended by a signal. */
async function main(): Promise<void> {
  const starting = startExchange(readConfig(process.env[CONFIG_VARIABLE]), { log });
  // Before it says that it has started, or a signal could end it at once.
  process.once("SIGTERM", () => void starting.then(leave, () => undefined));
  process.once("SIGINT", () => {
    log("exchange.stopping", { signal: "SIGINT" });
    void starting.then(end, () => undefined);
  });
  await starting;
}

function leave(exchange: RunningExchange): void {
  log("exchange.stopping", { signal: "SIGTERM" });
  exchange.leave();
  setTimeout(() => void end(exchange), LEAVING_MILLISECONDS);
}

async function end(exchange: RunningExchange): Promise<void> {
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
