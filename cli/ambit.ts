#!/usr/bin/env node
import "./engine";
import { accessCommand } from "./access";
import { blastRadiusCommand } from "./blast-radius";
import { bundleCommand } from "./bundle";
import { epochCommand } from "./epoch";
import { explainCommand } from "./explain";
import { run } from "./program";
import { registryCommand } from "./registry";
import { reviewCommand } from "./review";
import { simulateCommand } from "./simulate";
import { verifyCommand } from "./verify";

/** One line per command; each loads what it needs when it runs. */
const COMMANDS = [
  accessCommand,
  blastRadiusCommand,
  bundleCommand,
  epochCommand,
  explainCommand,
  registryCommand,
  reviewCommand,
  simulateCommand,
  verifyCommand,
];

// The AWS SDK is pinned, and this is no place to be told of later versions.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

// Whoever reads may have read enough, as head does. What was not written was not said, so this is no success.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(1);
});

void run(COMMANDS, process.argv.slice(2)).then((code) => (process.exitCode = code));
