#!/usr/bin/env node
import "./engine";
import type { Command } from "commander";
import { type Io, run } from "./program";

type MakeCommand = (io: Io) => Command;

/** One line per command; each loads what it needs when it runs. */
const COMMANDS: Readonly<Record<string, () => Promise<MakeCommand>>> = {
  access: async () => (await import("./access")).accessCommand,
  approvals: async () => (await import("./approvals")).approvalsCommand,
  approve: async () => (await import("./approvals")).approveCommand,
  audit: async () => (await import("./audit")).auditCommand,
  "blast-radius": async () => (await import("./blast-radius")).blastRadiusCommand,
  bundle: async () => (await import("./bundle")).bundleCommand,
  coverage: async () => (await import("./coverage")).coverageCommand,
  deploy: async () => (await import("./deploy")).deployCommand,
  epoch: async () => (await import("./epoch")).epochCommand,
  erase: async () => (await import("./erase")).eraseCommand,
  explain: async () => (await import("./explain")).explainCommand,
  inventory: async () => (await import("./inventory")).inventoryCommand,
  lint: async () => (await import("./lint")).lintCommand,
  login: async () => (await import("./login")).loginCommand,
  refuse: async () => (await import("./approvals")).refuseCommand,
  registry: async () => (await import("./registry")).registryCommand,
  restore: async () => (await import("./restore")).restoreCommand,
  review: async () => (await import("./review")).reviewCommand,
  revoke: async () => (await import("./revoke")).revokeCommand,
  simulate: async () => (await import("./simulate")).simulateCommand,
  tools: async () => (await import("./tools")).toolsCommand,
  verify: async () => (await import("./verify")).verifyCommand,
};

/** The command that is named first; all of them for help, and for who mistypes one. */
async function commandsFor([name = ""]: readonly string[]): Promise<readonly MakeCommand[]> {
  const wanted = Object.hasOwn(COMMANDS, name) ? [COMMANDS[name]] : Object.values(COMMANDS);
  return Promise.all(wanted.flatMap((load) => load?.() ?? []));
}

// The AWS SDK is pinned, and this is no place to be told of later versions.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

// A reader such as head may close the pipe early. Part of the output is then missing, so this is no success.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(1);
});

const args = process.argv.slice(2);
void commandsFor(args)
  .then((commands) => run(commands, args))
  .then((code) => (process.exitCode = code));
