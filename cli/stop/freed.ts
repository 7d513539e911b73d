import { CONTROL_NAMESPACE, KILL_LIST } from "../../constructs/platform/names";
import { denyAllArn } from "../../runtime/kill-switch/agent-roles";
import { CliError, type Io } from "../program";
import { progress } from "../progress";
import { printable } from "../terminal";
import type { RunProgram } from "./function-call";

export interface Freed {
  /** Of the agent */
  readonly name: string;
  /** Of its roles */
  readonly names: readonly string[];
  /** ARNs of those that are declared */
  readonly roles: readonly string[];
}

/**
 * Take from an agent what the kill switch did at AWS and in the cluster, with the rights of the operator.
 *
 * @throws CliError if the agent stays stopped there
 */
export async function freed(io: Io, run: RunProgram, { name, names, roles }: Freed): Promise<void> {
  io.err(
    `ambit: kubectl's current context, whose list of killed agents is changed: ${printable(await contextOf(run))}\n`,
  );
  await refuseOtherAccount(run, roles);
  const partition = roles[0]?.split(":")[1] ?? "aws";
  for (const role of names) await progress(io, `detaching AWSDenyAll from ${role}`, detached(run, role, partition));
  await progress(io, "taking it off the list of killed agents", unlisted(run, name));
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
