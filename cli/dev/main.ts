import type * as Run from "./run";

/** What takes seconds is loaded when its reader knows. */
const QUIET = ["--json", "--help"];
if (process.stderr.isTTY === true && !QUIET.some((option) => process.argv.includes(option))) {
  process.stderr.write("loading the fleet\n");
}

// Keys and state lie in a folder that others may see into.
process.umask(0o077);
// The AWS SDK is pinned, and this is no place to be told of later versions.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

void (import("./run") as Promise<typeof Run>).then(async ({ run }) => process.exit(await run(process.argv.slice(2))));
