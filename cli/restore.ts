import { Argument, Command } from "commander";
import { CONTROL_NAMESPACE, KILL_LIST } from "../constructs/platform/names";
import type { Shown } from "../runtime/exchange/operator/listed";
import { denyAllArn, nameOfRole } from "../runtime/kill-switch/agent-roles";
import { CliError, type Io, Outcome, UsageError } from "./program";
import { progress } from "./progress";
import { type ExchangeFlags, operatorInterface, reasonOption, withExchange } from "./stop/flags";
import { type Parts, REAL_PARTS, type RunProgram } from "./stop/function-call";
import type { OperatorInterface } from "./stop/operator-interface";
import { jsonText, printable, table } from "./terminal";

const HELP = `
An agent acts again in the order in which nothing of before comes back: the exchange says whether all that it was given has ended; then
AWSDenyAll is detached from its roles and its name is taken off the list of killed agents, with your rights and by the aws and kubectl command
lines; last of all the exchange lets it act. Too early, nothing is done. Run it again where a step failed: it goes on there.
With --exchange-only neither AWS nor a cluster is asked, and what the kill switch did there stays: it is for an agent that was stopped at
the exchange alone, such as that of npm run dev.

Examples:
  ambit restore agent support-triage --reason "INC-1234: fixed in 1.4.2" --exchange https://exchange.prod.acme.example --id-token token.jwt

Exit codes: 0 it may act again, 1 refused or failed: it stays stopped, 4 too early: the message says until when, 64 called wrongly.`;

const TOO_EARLY = 4;

interface Flags extends ExchangeFlags {
  readonly reason: string;
  readonly role: readonly string[];
  readonly exchangeOnly?: true;
  readonly json?: true;
}

export function restoreCommand(io: Io, { run }: Parts = REAL_PARTS): Command {
  return withExchange(
    new Command("restore")
      .summary("let an agent act again, once nothing that it was given before the stop is good any more")
      .description("Let an agent act again: at AWS, in the cluster and at the exchange, in this order.")
      .addArgument(new Argument("<kind>", "what is restored").choices(["agent"]))
      .argument("<name>", "name of the agent")
      .addOption(reasonOption())
      .option("--role <name>", "role of the agent in AWS, where it is not declared any more; can be repeated", more, [])
      .option("--exchange-only", "let it act at the exchange; leave AWS and the list of killed agents as they are"),
  )
    .addHelpText("after", HELP)
    .action(async (_: string, name: string, flags: Flags) => {
      const exchange = operatorInterface(flags);
      if (exchange === undefined) throw new UsageError("name --exchange, which alone says whether it is too early");
      if (flags.exchangeOnly === true && flags.role.length > 0) {
        throw new UsageError("--role is for AWS, which --exchange-only leaves as it is: write one of them");
      }
      const { roles = [], last_ordered_at } = await progress(io, "asking the exchange", restorable(io, exchange, name));
      const { reason, exchangeOnly = false, json } = flags;
      const names = exchangeOnly ? [] : [...new Set([...roles.map(nameOfRole), ...flags.role])];
      if (!exchangeOnly) await freed(io, run, { name, names, roles });
      const restored = { name, reason, last_ordered_at, exchangeOnly };
      await progress(io, "restoring it at the exchange", letAct(exchange, restored));
      io.out(
        json === true
          ? `${jsonText({ kind: "agent", id: name, restored: true, exchange_only: exchangeOnly, roles: names }, 2)}\n`
          : table([...(exchangeOnly ? NOT_ASKED : freedRows(names)), ["exchange", "it may act again"]]),
      );
    });
}

const LEFT = "not asked: what the kill switch did there stays";
const NOT_ASKED = [
  ["aws", LEFT],
  ["kill-list", LEFT],
];

function freedRows(names: readonly string[]): readonly (readonly string[])[] {
  return [
    ["aws", names.length === 0 ? "it has no role" : `AWSDenyAll is off ${names.map(printable).join(", ")}`],
    ["kill-list", "its pods may start"],
  ];
}

interface Freed {
  readonly name: string;
  /** Of its roles */
  readonly names: readonly string[];
  /** ARNs of those that are declared */
  readonly roles: readonly string[];
}

/** At AWS and in the cluster. @throws CliError where the agent stays stopped there */
async function freed(io: Io, run: RunProgram, { name, names, roles }: Freed): Promise<void> {
  io.err(
    `ambit: kubectl's current context, whose list of killed agents is changed: ${printable(await contextOf(run))}\n`,
  );
  await refuseOtherAccount(run, roles);
  const partition = roles[0]?.split(":")[1] ?? "aws";
  for (const role of names) await progress(io, `detaching AWSDenyAll from ${role}`, detached(run, role, partition));
  await progress(io, "taking it off the list of killed agents", unlisted(run, name));
}

interface Restored {
  readonly name: string;
  readonly reason: string;
  /** As it was listed */
  readonly last_ordered_at: number | undefined;
  readonly exchangeOnly: boolean;
}

async function letAct(exchange: OperatorInterface, restored: Restored): Promise<void> {
  const { name, reason, last_ordered_at, exchangeOnly } = restored;
  const order = { kind: "agent" as const, id: name, reason, ...(last_ordered_at !== undefined && { last_ordered_at }) };
  try {
    await exchange.restore(order);
  } catch (error) {
    const what = exchangeOnly ? `agent ${name} stays stopped` : notLetAct(name);
    throw new CliError(`${what}: ${(error as Error).message}`, { cause: error });
  }
}

/** It is told what is off already: an operator who reads that all is as it was would leave AWS open. */
function notLetAct(name: string): string {
  const again = `ambit revoke agent ${name} with --function attaches and lists it again`;
  return (
    "the exchange did not say that it may act. AWSDenyAll is off its roles and its name is off the list of killed agents already: " +
    `run ambit restore again, or keep it stopped: ${again}`
  );
}

function more(name: string, others: readonly string[]): readonly string[] {
  return [...others, name];
}

/** The stop, where it may be restored now, by the times and the clock of the exchange */
async function restorable(io: Io, exchange: OperatorInterface, name: string): Promise<Shown> {
  const stopped = await exchange.stopped(name).catch((error: unknown) => {
    throw new CliError((error as Error).message, { cause: error });
  });
  if (stopped === undefined) {
    const fix =
      "where AWS denies it still, revoke it at the exchange, wait, and restore it: so nothing of before comes back";
    throw new CliError(`the exchange has not revoked agent ${name}: ${fix}`);
  }
  const { restorable_at: at, now } = stopped;
  if (at === undefined || now === undefined) {
    throw new CliError("the exchange does not say when the agent may be restored: update the exchange to this version");
  }
  if (now < at) {
    const when = new Date(at * 1_000).toISOString();
    io.err(
      `ambit: agent ${printable(name)} cannot be restored before ${when}: until then something that it was given is good\n`,
    );
    throw new Outcome(TOO_EARLY);
  }
  return stopped;
}

/** A role of this name in another account would be freed, and the agent's own stay denied. */
async function refuseOtherAccount(run: RunProgram, roles: readonly string[]): Promise<void> {
  const [account] = roles.map((arn) => arn.split(":")[4]);
  if (account === undefined) return;
  const args = ["sts", "get-caller-identity", "--query", "Account", "--output", "text"];
  const { code, stdout, tail } = await run("aws", args, { cwd: process.cwd() });
  if (code !== 0) throw new CliError(`AWS does not say whose rights you have, so the agent stays stopped: ${tail}`);
  const yours = stdout.trim();
  if (yours === account) return;
  const fix = "sign in to that one";
  throw new CliError(
    `the agent's roles are in account ${account}, got rights in ${yours}: ${fix}; nothing was restored`,
  );
}

async function contextOf(run: RunProgram): Promise<string> {
  const { code, stdout } = await run("kubectl", ["config", "current-context"], { cwd: process.cwd() });
  return code === 0 ? stdout.trim() : "none";
}

/** What is detached already is as it should be. */
async function detached(run: RunProgram, role: string, partition: string): Promise<void> {
  const policy = denyAllArn(partition);
  const args = ["iam", "detach-role-policy", "--role-name", role, "--policy-arn", policy];
  const { code, tail } = await run("aws", args, { cwd: process.cwd() });
  // Of a role that is not there IAM says NoSuchEntity too, and names the role.
  const isOff = tail.includes("NoSuchEntity") && tail.includes(policy) && !tail.includes(role);
  if (code !== 0 && !isOff) {
    throw new CliError(`AWSDenyAll could not be detached from ${role}, so the agent stays stopped: ${tail}`);
  }
}

async function unlisted(run: RunProgram, name: string): Promise<void> {
  const patch = JSON.stringify({ data: { [name]: null } });
  const args = ["-n", CONTROL_NAMESPACE, "patch", "configmap", KILL_LIST, "--type", "merge", "-p", patch];
  const { code, tail } = await run("kubectl", args, { cwd: process.cwd() });
  if (code !== 0) throw new CliError(`${name} could not be taken off the list, so it stays stopped: ${tail}`);
}
