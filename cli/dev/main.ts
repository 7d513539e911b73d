import { jsonLog, told } from "../../runtime/log";
import { bold, dim } from "../terminal";
import { DevelopmentPlatform } from "./development-platform";
import { HELP, optionsOf, Usage } from "./options";
import type { ReadyMadeCommand } from "./ready-made-command";
import { readyMadeCommands } from "./ready-made-commands";

function printed(platform: DevelopmentPlatform, commands: readonly ReadyMadeCommand[]): string {
  const head = [
    `${bold("exchange")}   ${platform.issuer}`,
    ...[...platform.companions].map(([agent, url]) => `${bold("companion")}  ${url} (${agent})`),
    `${bold("folder")}     ${platform.files.folder}`,
    dim("for development only: it gives SVIDs and users' tokens to whoever asks on this machine"),
  ];
  const each = commands.map(({ name, what, command }) => `${bold(name)}: ${what}\n${command}`);
  return `${[head.join("\n"), ...each].join("\n\n")}\n`;
}

function asJson(platform: DevelopmentPlatform, commands: readonly ReadyMadeCommand[]): string {
  const { issuer, companions, files } = platform;
  const told = { exchange: issuer, companions: Object.fromEntries(companions), folder: files.folder, commands };
  return `${JSON.stringify(told, null, 2)}\n`;
}

async function main(args: readonly string[]): Promise<void> {
  const options = optionsOf(args);
  if (options === undefined) return void process.stdout.write(HELP);
  const log = jsonLog((line) => void process.stderr.write(line));
  const platform = await DevelopmentPlatform.start({ ...options.props, log });
  const commands = readyMadeCommands(platform);
  process.stdout.write(options.json ? asJson(platform, commands) : printed(platform, commands));
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  await platform.close();
}

// Keys and state lie in a folder that others may see into.
process.umask(0o077);
// The AWS SDK is pinned, and this is no place to be told of later versions.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    const usage = error instanceof Usage;
    const taken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    const fix = taken ? ": choose another one with --port, or 0 for any free one" : "";
    process.stderr.write(usage ? `${(error as Error).message}\n\n${HELP}` : `${told(error)}${fix}\n`);
    process.exit(usage ? 2 : 1);
  },
);
