import { Argument, Command } from "commander";
import { nameOfRole } from "../runtime/kill-switch/agent-roles";
import { type Io, UsageError } from "./program";
import { progress } from "./progress";
import {
  type ExchangeFlags,
  issuerOption,
  operatorInterface,
  reasonOption,
  roleOption,
  withExchange,
} from "./stop/flags";
import { freed } from "./stop/freed";
import { type Parts, REAL_PARTS, type RunProgram } from "./stop/function-call";
import type { OperatorInterface } from "./stop/operator-interface";
import { letAct, restorable } from "./stop/restoration";
import { nameOf, type Target, targetOf } from "./stop/target";
import { jsonText, printable, table } from "./terminal";

const HELP = `
Restores an agent in an order that revives nothing from before the stop: the exchange says whether everything the agent got has
expired; then AWSDenyAll is detached from its roles and its name is removed from the list of killed agents, with your rights and by
the aws and kubectl command lines; last, the exchange lets it act. If it is too early, nothing is done. If a step fails, run it again.
With --exchange-only neither AWS nor a cluster is changed, and the effects of the kill switch stay: use it for an agent that was stopped
at the exchange alone, such as in npm run dev.
Users are stopped and restored at the exchange only. Sessions, runs, chains and tokens end by themselves, and are not restored.

  agent    by its name               user     by the subject, with --issuer

Examples:
  ambit restore agent support-triage --reason "INC-1234: fixed in 1.4.2" --exchange https://exchange.prod.acme.example --id-token token.jwt
  ambit restore user mallory --issuer https://login.acme.example --reason INC-1234 --exchange https://exchange.prod.acme.example

Exit codes: 0 it may act again, 1 refused or failed: it stays stopped, 4 too early: the message says until when, 64 usage error.`;

const KINDS = ["agent", "user"] as const;
type Kind = (typeof KINDS)[number];

interface Flags extends ExchangeFlags {
  readonly reason: string;
  readonly issuer?: string;
  readonly role: readonly string[];
  readonly exchangeOnly?: true;
  readonly json?: true;
}

export function restoreCommand(io: Io, { run }: Parts = REAL_PARTS): Command {
  return withExchange(
    new Command("restore")
      .summary("let an agent or a user act again, once everything issued before the stop has expired")
      .description(
        "Let an agent act again: at AWS, in the cluster and at the exchange, in this order. Or a user, at the exchange.",
      )
      .addArgument(new Argument("<kind>", "what is restored").choices(KINDS))
      .argument("<id>", "which one")
      .addOption(reasonOption())
      .addOption(issuerOption())
      .addOption(roleOption("role of the agent in AWS, where it is not declared any more; can be repeated"))
      .option(
        "--exchange-only",
        "let an agent act at the exchange; leave AWS and the list of killed agents as they are",
      ),
  )
    .addHelpText("after", HELP)
    .action(async (kind: Kind, id: string, flags: Flags) => {
      refuseUnfit(kind, flags);
      const target = targetOf(kind, id, flags.issuer);
      const exchange = operatorInterface(flags);
      if (exchange === undefined) throw new UsageError("name --exchange, which alone says whether it is too early");
      if (target.kind === "user") await restoreUser(io, exchange, target, flags);
      else await restoreAgent(io, run, exchange, id, flags);
    });
}

function refuseUnfit(kind: Kind, { role, exchangeOnly }: Flags): void {
  if (kind === "user" && (role.length > 0 || exchangeOnly === true)) {
    const given = role.length > 0 ? "--role" : "--exchange-only";
    throw new UsageError(
      `${given} is for an agent, got user: leave it out, as a user is restored at the exchange alone`,
    );
  }
  if (exchangeOnly === true && role.length > 0) {
    throw new UsageError("--role is for AWS, which --exchange-only leaves as it is: write one of them");
  }
}

async function restoreUser(
  io: Io,
  exchange: OperatorInterface,
  target: Target,
  { reason, json }: Flags,
): Promise<void> {
  const { last_ordered_at } = await progress(io, "asking the exchange", restorable(io, exchange, target));
  const otherwise = `${nameOf(target)} stays stopped`;
  await progress(io, "restoring it at the exchange", letAct(exchange, { target, reason, last_ordered_at, otherwise }));
  io.out(json === true ? `${jsonText({ ...target, restored: true }, 2)}\n` : table([EXCHANGE_ROW]));
}

async function restoreAgent(
  io: Io,
  run: RunProgram,
  exchange: OperatorInterface,
  name: string,
  flags: Flags,
): Promise<void> {
  const { reason, role, exchangeOnly = false, json } = flags;
  const target = { kind: "agent", id: name } as const;
  const asked = restorable(io, exchange, target);
  const { roles = [], last_ordered_at } = await progress(io, "asking the exchange", asked);
  const names = exchangeOnly ? [] : [...new Set([...roles.map(nameOfRole), ...role])];
  if (!exchangeOnly) await freed(io, run, { name, names, roles });
  const otherwise = exchangeOnly ? `agent ${name} stays stopped` : notLetAct(name);
  await progress(io, "restoring it at the exchange", letAct(exchange, { target, reason, last_ordered_at, otherwise }));
  io.out(
    json === true
      ? `${jsonText({ kind: "agent", id: name, restored: true, exchange_only: exchangeOnly, roles: names }, 2)}\n`
      : table([...(exchangeOnly ? NOT_ASKED : freedRows(names)), EXCHANGE_ROW]),
  );
}

const EXCHANGE_ROW = ["exchange", "it may act again"];
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

/** Names the steps that are done already: otherwise an operator could believe that AWS is still denied. */
function notLetAct(name: string): string {
  const again = `ambit revoke agent ${name} with --function attaches and lists it again`;
  return (
    "the exchange did not say that it may act. AWSDenyAll is off its roles and its name is off the list of killed agents already: " +
    `run ambit restore again, or keep it stopped: ${again}`
  );
}
