import { Argument, Command } from "commander";
import { KILL_KINDS } from "../domain/kill-order";
import { type Io, Outcome, UsageError } from "./program";
import { progress } from "./progress";
import {
  type ExchangeFlags,
  issuerOption,
  operatorInterface,
  reasonOption,
  roleOption,
  withExchange,
} from "./stop/flags";
import { type Parts, REAL_PARTS, type RunProgram } from "./stop/function-call";
import type { OperatorInterface, StopOrder } from "./stop/operator-interface";
import { declared, isAnythingDone, isUndeclared, isWhole, lines, merged } from "./stop/outcome";
import { targetOf } from "./stop/target";
import type { Report } from "./stop/ways";
import { jsonText } from "./terminal";

const HELP = `
The target is stopped from the next request on. The kill switch (--function) also denies all actions to an agent's roles at AWS, and
puts the agent on the list of killed agents, so that no new pod of it starts; the aws command line calls it, with your rights. The
exchange (--exchange) is called directly, with your ID token: that works if AWS is not reachable. With both, one success is enough, and
the exchange tells the function the agent's roles. Sessions, tokens and subjects are not checked: spell them correctly.

  agent    by its name               user     by the subject, with --issuer
  session  by sid                    run      by its id
  chain    by any run of it: all that one start began
  token    by jti

Examples:
  ambit revoke agent support-triage --reason "INC-1234: reads what it should not" --function ambit-prod-kill-switch
  ambit revoke agent support-triage --reason INC-1234 --exchange https://exchange.prod.acme.example --id-token token.jwt
  ambit revoke user mallory --issuer https://login.acme.example --reason INC-1234 --function ambit-prod-kill-switch

Exit codes: 0 all of it is stopped, 1 nothing is, 3 some step is not done: the output says which, and what still works until when,
64 usage error.`;

const KINDS = [...KILL_KINDS, "user"] as const;
type Kind = (typeof KINDS)[number];
const PARTLY = 3;
const NOTHING = 1;

interface Flags extends ExchangeFlags {
  readonly reason: string;
  readonly issuer?: string;
  readonly function?: string;
  readonly region?: string;
  readonly role: readonly string[];
  readonly json?: true;
}

export function revokeCommand(io: Io, { run }: Parts = REAL_PARTS): Command {
  return withExchange(
    new Command("revoke")
      .summary("stop an agent, user, session, run, chain or token now")
      .description("Stop something at the exchange, and an agent at AWS and in the cluster too.")
      .addArgument(new Argument("<kind>", "what is stopped").choices(KINDS))
      .argument("<id>", "which one")
      .addOption(reasonOption())
      .addOption(issuerOption())
      .option("--function <name>", "name of the kill switch's function, ambit-<platform>-kill-switch")
      .option("--region <region>", "AWS region of the function (default: as the aws command line has it)")
      .addOption(roleOption("role of the agent in AWS, where the exchange cannot tell; can be repeated")),
  )
    .addHelpText("after", HELP)
    .action(async (kind: Kind, id: string, flags: Flags) => {
      const order = { ...targetOf(kind, id, flags.issuer), reason: flags.reason };
      const exchange = operatorInterface(flags);
      if (exchange === undefined && flags.function === undefined) {
        throw new UsageError("name --function, --exchange, or both");
      }
      const at = Math.floor(Date.now() / 1_000);
      const reports = await progress(io, `stopping ${kind} ${id}`, reportsOf(run, exchange, flags, order));
      const [first, second] = reports as [Report, Report?];
      const steps = declared(second === undefined ? first.steps : merged(second.steps, first.steps));
      const horizon = reports.find((each) => each.horizon.length > 0)?.horizon ?? [];
      const stopped = { kind, id, steps, horizon, at };
      io.out(flags.json === true ? `${jsonText(stopped, 2)}\n` : lines(stopped));
      if (!isWhole(stopped)) throw new Outcome(isAnythingDone(stopped) ? PARTLY : NOTHING);
    });
}

/** The exchange first, whose answer names the roles that the function has to deny */
async function reportsOf(
  run: RunProgram,
  exchange: OperatorInterface | undefined,
  flags: Flags,
  order: StopOrder,
): Promise<readonly Report[]> {
  const { atExchange, byFunction } = await import("./stop/ways");
  const direct = exchange === undefined ? undefined : await atExchange(exchange, order);
  const { function: name, region, role } = flags;
  if (direct === undefined) return [await byFunction(run, { name: name ?? "", region, roles: role }, order)];
  // What is misspelt must be on no list.
  if (name === undefined || isUndeclared(direct.steps)) return [direct];
  const roles = [...new Set([...role, ...(direct.roles ?? [])])];
  return [direct, await byFunction(run, { name, region, roles }, order)];
}
