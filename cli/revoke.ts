import { Argument, Command } from "commander";
import { KILL_KINDS } from "../domain/kill-order";
import type { StillWorks } from "../runtime/kill-switch/result";
import { CliError, type Io, Outcome, UsageError } from "./program";
import { progress } from "./progress";
import { type ExchangeFlags, operatorInterface, reasonOption, withExchange } from "./stop/flags";
import type { RunProgram } from "./stop/function-call";
import type { OperatorInterface } from "./stop/operator-interface";
import { isAnythingDone, isWhole, lines, merged, type Step } from "./stop/outcome";
import { jsonText } from "./terminal";

const HELP = `
What is named is stopped from the next request on. The kill switch (--function) also denies an agent's roles everything at AWS,
and puts the agent on the list of which no new pod starts; it is called by the aws command line, with your rights. The exchange
(--exchange) is asked directly, by your ID token: that works where nothing else is reached. Name both, and either stops it there.

  agent    by its name               user     by the subject, with --issuer
  session  by sid                    run      by its id
  chain    by any run of it: all that one start began
  token    by jti

Examples:
  ambit revoke agent support-triage --reason "INC-1234: reads what it should not" --function ambit-prod-kill-switch
  ambit revoke agent support-triage --reason INC-1234 --exchange https://exchange.prod.acme.example --id-token token.jwt
  ambit revoke user mallory --issuer https://login.acme.example --reason INC-1234 --function ambit-prod-kill-switch

Exit codes: 0 all of it is stopped, 1 nothing is, 3 some step is not done: the output says which, and what still works until when,
64 called wrongly.`;

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

/** What reaches out of this process, besides the exchange */
export interface Parts {
  readonly run: RunProgram;
}

const REAL: Parts = {
  run: async (...args) => (await import("./deploy/child")).runChild(...args),
};

export function revokeCommand(io: Io, { run }: Parts = REAL): Command {
  return withExchange(
    new Command("revoke")
      .summary("stop an agent, user, session, run, chain or token now")
      .description("Stop something at the exchange, and an agent at AWS and in the cluster too.")
      .addArgument(new Argument("<kind>", "what is stopped").choices(KINDS))
      .argument("<id>", "which one")
      .addOption(reasonOption())
      .option("--issuer <address>", "issuer of a user")
      .option("--function <name>", "name of the kill switch's function, ambit-<platform>-kill-switch")
      .option("--region <region>", "AWS region of the function (default: as the aws command line has it)")
      .option("--role <name>", "role of the agent in AWS, where the exchange cannot tell; can be repeated", roles, []),
  )
    .addHelpText("after", HELP)
    .action(async (kind: Kind, id: string, flags: Flags) => {
      const order = orderOf(kind, id, flags);
      const exchange = operatorInterface(flags);
      if (exchange === undefined && flags.function === undefined) {
        throw new UsageError("name --function, --exchange, or both: else nothing can be stopped");
      }
      const asked = [
        exchange === undefined ? undefined : atExchange(exchange, kind, order),
        flags.function === undefined ? undefined : byFunction(run, flags, flags.function, kind, order),
      ].filter((each) => each !== undefined);
      const at = Math.floor(Date.now() / 1_000);
      const reports = await progress(io, `stopping ${kind} ${id}`, Promise.all(asked));
      const [first, second] = reports as [Report, Report?];
      const steps = second === undefined ? first.steps : merged(second.steps, first.steps);
      const stopped = { steps, horizon: reports.find(({ horizon }) => horizon.length > 0)?.horizon ?? [], at };
      io.out(flags.json === true ? `${jsonText({ kind, id, ...stopped }, 2)}\n` : lines(stopped));
      if (!isWhole(stopped)) throw new Outcome(isAnythingDone(stopped) ? PARTLY : NOTHING);
    });
}

interface Report {
  readonly steps: readonly Step[];
  readonly horizon: readonly StillWorks[];
}

function orderOf(kind: Kind, id: string, { issuer, reason }: Flags): object {
  if (kind === "user") {
    if (issuer === undefined) throw new UsageError("a user needs --issuer, whose subject it is");
    return { kind, user: { issuer, subject: id }, reason };
  }
  if (issuer !== undefined) throw new UsageError(`--issuer is for a user, got ${kind}`);
  return { kind, id, reason };
}

function roles(name: string, others: readonly string[]): readonly string[] {
  if (!/^[\w+=,.@-]{1,64}$/.test(name)) throw new UsageError(`--role must be the name of a role, got ${name}`);
  return [...others, name];
}

/** What the exchange does by itself; for the rest it takes the kill switch. */
async function atExchange(exchange: OperatorInterface, kind: Kind, order: object): Promise<Report> {
  try {
    const { already, horizon = [], roles } = await exchange.revoke(order);
    const what = already ? "it was revoked before" : "exchange and gateway refuse from the next request on";
    const done: Step = { step: "exchange", outcome: "done", tries: 1, what };
    return { steps: [done, ...others(kind, roles)], horizon };
  } catch (error) {
    const failed: Step = { step: "exchange", outcome: "failed", tries: 1, what: (error as Error).message };
    return { steps: [failed, ...others(kind, undefined)], horizon: [] };
  }
}

function others(kind: Kind, roles: readonly string[] | undefined): readonly Step[] {
  const step = (name: Step["step"], isNeeded: boolean): Step =>
    isNeeded
      ? { step: name, outcome: "not asked", tries: 0, what: "name --function, which does it" }
      : { step: name, outcome: "not needed", tries: 0, what: "there is nothing of it" };
  return [step("aws", kind === "agent" && roles?.length !== 0), step("kill-list", kind === "agent")];
}

async function byFunction(run: RunProgram, flags: Flags, name: string, kind: Kind, order: object): Promise<Report> {
  const { calledFunction } = await import("./stop/function-call");
  const event = kind === "agent" && flags.role.length > 0 ? { ...order, roles: flags.role } : order;
  try {
    const { steps, horizon = [] } = await calledFunction(run, { name, region: flags.region }, event);
    return { steps, horizon };
  } catch (error) {
    if (error instanceof CliError) throw error;
    const what = (error as Error).message;
    const failed = (step: Step["step"]): Step => ({ step, outcome: "failed", tries: 1, what });
    const rest = kind === "agent" ? [failed("aws"), failed("kill-list")] : others(kind, undefined);
    return { steps: [failed("exchange"), ...rest], horizon: [] };
  }
}
