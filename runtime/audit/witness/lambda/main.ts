import { JSON_VARIABLE } from "../../../checked-config";
import { jsonLog, told } from "../../../log";
import { readWitnessConfig } from "./config";
import type { WitnessHandler } from "./handler";
import { startWitness } from "./start";

// The AWS SDK is pinned, and a log is no place to be told of later versions.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

const log = jsonLog((line) => void process.stdout.write(line));

function failed(error: unknown): never {
  log("witness.crashed", { because: told(error) });
  process.exit(1);
}

// Begun as soon as the module is loaded; the first request waits for what is left of it.
const started = Promise.resolve()
  .then(() => startWitness(readWitnessConfig(process.env[JSON_VARIABLE]), log))
  .catch(failed);

/** A witness as a function of AWS Lambda, configured by its environment */
export const handler: WitnessHandler = async (event) => (await started)(event);
