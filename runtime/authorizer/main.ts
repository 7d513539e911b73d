import { CONFIG_VARIABLE } from "../checked-config";
import { jsonLog, linesTogether, told } from "../log";
import { readAuthorizerConfig } from "./config";
import { startAuthorizer } from "./server";

// The AWS SDK is pinned, and a log is no place to be told of later versions.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

const { line, flush } = linesTogether((lines) => void process.stdout.write(lines));
const log = jsonLog(line);
// A pipe is written to at once.
process.once("exit", flush);

/** The authorizer as a process: configured by a file, ended by a signal. */
async function main(): Promise<void> {
  const starting = startAuthorizer(readAuthorizerConfig(process.env[CONFIG_VARIABLE]), { log });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      log("authorizer.stopping", { signal });
      void starting.then(
        async (authorizer) => {
          await authorizer.close();
          log("authorizer.stopped");
          process.exit(0);
        },
        () => undefined,
      );
    });
  }
  await starting;
}

function failed(error: unknown): void {
  log("authorizer.crashed", { because: told(error) });
  process.exit(1);
}

process.once("uncaughtException", failed);
main().catch(failed);
