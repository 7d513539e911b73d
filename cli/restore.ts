import { Argument, Command } from "commander";
import { CONTROL_NAMESPACE, KILL_LIST } from "../constructs/platform/names";
import { denyAllArn, nameOfRole } from "../runtime/kill-switch/aws-step";
import { CliError, type Io, Outcome, UsageError } from "./program";
import { progress } from "./progress";
import { type ExchangeFlags, operatorInterface, reasonOption, withExchange } from "./stop/flags";
import type { RunProgram } from "./stop/function-call";
import type { OperatorInterface } from "./stop/operator-interface";
import { jsonText, printable, table } from "./terminal";

const HELP = `
An agent acts again in the order in which nothing of before comes back: the exchange says whether all that it was given has ended; then
AWSDenyAll is detached from its roles and its name is taken off the list of killed agents, with your rights and by the aws and kubectl command
lines; last of all the exchange lets it act. Too early, nothing is done. Run it again where a step failed: it goes on there.

Examples:
  ambit restore agent support-triage --reason "INC-1234: fixed in 1.4.2" --exchange https://exchange.prod.acme.example --id-token token.jwt

Exit codes: 0 it may act again, 1 refused or failed: it stays stopped, 4 too early: the message says until when, 64 called wrongly.`;

const TOO_EARLY = 4;

interface Flags extends ExchangeFlags {
  readonly reason: string;
  readonly role: readonly string[];
  readonly json?: true;
}

export interface Parts {
  readonly run: RunProgram;
  /** Whole seconds since the epoch */
  readonly now: () => number;
}

const REAL: Parts = {
  run: async (...args) => (await import("./deploy/child")).runChild(...args),
  now: () => Math.floor(Date.now() / 1_000),
};

export function restoreCommand(io: Io, { run, now }: Parts = REAL): Command {
  return withExchange(
    new Command("restore")
      .summary("let an agent act again, once nothing that it was given before the stop is good any more")
      .description("Let an agent act again: at AWS, in the cluster and at the exchange, in this order.")
      .addArgument(new Argument("<kind>", "what is restored").choices(["agent"]))
      .argument("<name>", "name of the agent")
      .addOption(reasonOption())
      .option(
        "--role <name>",
        "role of the agent in AWS, where it is not declared any more; can be repeated",
        more,
        [],
      ),
  )
    .addHelpText("after", HELP)
    .action(async (_: string, name: string, flags: Flags) => {
      const exchange = operatorInterface(flags);
      if (exchange === undefined) throw new UsageError("name --exchange, which alone says whether it is too early");
      const roles = await progress(io, "asking the exchange", restorable(io, exchange, name, now()));
      const names = [...new Set([...roles.map(nameOfRole), ...flags.role])];
      const partition = roles[0]?.split(":")[1] ?? "aws";
      for (const role of names) await progress(io, `detaching AWSDenyAll from ${role}`, detached(run, role, partition));
      await progress(io, "taking it off the list of killed agents", unlisted(run, name));
      await progress(io, "restoring it at the exchange", letAct(exchange, name, flags.reason));
      const done = [
        ["aws", names.length === 0 ? "it has no role" : `AWSDenyAll is off ${names.map(printable).join(", ")}`],
        ["kill-list", "its pods may start"],
        ["exchange", "it may act again"],
      ];
      io.out(
        flags.json === true
          ? `${jsonText({ kind: "agent", id: name, restored: true, roles: names }, 2)}\n`
          : table(done),
      );
    });
}

async function letAct(exchange: OperatorInterface, id: string, reason: string): Promise<void> {
  try {
    await exchange.restore({ kind: "agent", id, reason });
  } catch (error) {
    throw new CliError(`the exchange did not let it act, so it stays stopped: ${(error as Error).message}`);
  }
}

function more(name: string, others: readonly string[]): readonly string[] {
  return [...others, name];
}

/** ARNs of its roles, where it may be restored now */
async function restorable(io: Io, exchange: OperatorInterface, name: string, now: number): Promise<readonly string[]> {
  const stopped = await exchange.stopped(name).catch((error: unknown) => {
    throw new CliError((error as Error).message, { cause: error });
  });
  if (stopped === undefined) {
    const fix =
      "where AWS denies it still, revoke it at the exchange, wait, and restore it: so nothing of before comes back";
    throw new CliError(`the exchange has not revoked agent ${name}: ${fix}`);
  }
  const { restorable_at: at = Infinity, roles = [] } = stopped;
  if (now < at) {
    const when = Number.isFinite(at) ? ` before ${new Date(at * 1_000).toISOString()}` : "";
    io.err(
      `ambit: agent ${printable(name)} cannot be restored${when}: until then something that it was given is good\n`,
    );
    throw new Outcome(TOO_EARLY);
  }
  return roles;
}

/** What is detached already is as it should be. */
async function detached(run: RunProgram, role: string, partition: string): Promise<void> {
  const policy = denyAllArn(partition);
  const args = ["iam", "detach-role-policy", "--role-name", role, "--policy-arn", policy];
  const { code, tail } = await run("aws", args, { cwd: process.cwd() });
  if (code !== 0 && !tail.includes("NoSuchEntity")) {
    throw new CliError(`AWSDenyAll could not be detached from ${role}, so the agent stays stopped: ${tail}`);
  }
}

async function unlisted(run: RunProgram, name: string): Promise<void> {
  const patch = JSON.stringify({ data: { [name]: null } });
  const args = ["-n", CONTROL_NAMESPACE, "patch", "configmap", KILL_LIST, "--type", "merge", "-p", patch];
  const { code, tail } = await run("kubectl", args, { cwd: process.cwd() });
  if (code !== 0) throw new CliError(`${name} could not be taken off the list, so it stays stopped: ${tail}`);
}
