import { Command, CommanderError } from "commander";
import { printable } from "./terminal";
import { version } from "./version";

/** Where a command writes: results to `out`, everything else to `err` */
export interface Io {
  out(text: string): void;
  err(text: string): void;
}

/** What a command cannot do, in one sentence with the fix: exit code 1 */
export class CliError extends Error {
  public override readonly name = "CliError";
}

/** A command called in a way it does not know: exit code 64 */
export class UsageError extends Error {
  public override readonly name = "UsageError";
}

/** Everything was done, and the exit code is to say what came out */
export class Outcome extends Error {
  public override readonly name = "Outcome";

  constructor(public readonly code: number) {
    super(`exit code ${code}`);
  }
}

/** Errors that say themselves what is wrong; of any other the stack is shown too */
const TELLING = new Set(["BundleError", "CliError", "RegistryError", "SignerError", "UsageError"]);
/** EX_USAGE of sysexits.h: 2 means one thing alone, that a review needs approval. */
const USAGE = 64;

const HELP = `
Exit codes: 0 done, 1 refused or failed, 64 usage error.`;

const STANDARD: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

/** Run the command that the arguments name, and say with which code to exit. */
export async function run(
  commands: readonly ((io: Io) => Command)[],
  args: readonly string[],
  io: Io = STANDARD,
): Promise<number> {
  const ambit = new Command("ambit")
    .description("Ambit: what is done at deploy and after it")
    .version(version(), "--version", "print the version")
    .addHelpText("after", HELP);
  for (const command of commands) ambit.addCommand(command(io));
  settle(ambit, io);
  try {
    await ambit.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof Outcome) return error.code;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    io.err(`ambit: ${told(error)}\n`);
    return error instanceof UsageError ? USAGE : 1;
  }
}

/** Commands throw instead of exiting, and all errors have Ambit's prefix. */
function settle(command: Command, io: Io): void {
  command.exitOverride().configureOutput({
    writeOut: io.out,
    writeErr: io.err,
    outputError: (text, write) => write(`ambit: ${oneLine(text.replace(/^error: /, ""))}\n`),
  });
  for (const child of command.commands) settle(child, io);
}

function told(error: unknown): string {
  const { name, message, stack, syscall } = error as Partial<NodeJS.ErrnoException>;
  if (message === undefined) return printable(String(error));
  const telling = TELLING.has(name ?? "") || syscall !== undefined;
  return telling ? oneLine(message) : (stack ?? message).split("\n").map(printable).join("\n");
}

function oneLine(text: string): string {
  return printable(text.trim().replace(/\s*\n\s*/g, " "));
}
