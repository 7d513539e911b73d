import { readFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { Command } from "commander";
import { systemClock } from "../runtime/clock";
import type { ApprovalList } from "../runtime/approval/desk";
import type { ShownApproval } from "../runtime/approval/shown-approval";
import { ExchangeDesk } from "./approvals/exchange-desk";
import { listText, shownText } from "./approvals/shown-text";
import { exchangeAddress, type ExchangeServer, withExchangeServer } from "./exchange-server";
import { keptToken } from "./login/kept-token";
import { CliError, type Io, UsageError } from "./program";
import { jsonText } from "./terminal";

const SIGN_IN = `
The ID token is that of the client in people of the platform, of a login within the last 15 min: that of ambit login
for this exchange, from a file, or from AMBIT_ID_TOKEN. An option would be seen by every process of the machine.`;

const DECIDE_HELP = `${SIGN_IN}
The whole request is shown before you are asked. Without a terminal, name the digest of the request that you saw by --digest.

Exit codes: 0 decided, 1 refused or failed, 64 usage error.`;

const LIST_HELP = `${SIGN_IN}

Exit codes: 0 done, 1 refused or failed, 64 usage error.`;

interface Flags extends ExchangeServer {
  readonly idTokenFile?: string;
  readonly json?: true;
}

interface ListFlags extends Flags {
  readonly history?: true;
}

interface DecideFlags extends Flags {
  readonly digest?: string;
  readonly reason?: string;
}

/** Asks the person at the terminal; undefined if there is none */
export type Ask = (question: string) => Promise<string | undefined>;

export function approvalsCommand(io: Io): Command {
  return new Command("approvals")
    .description("list and read what agents ask the groups that you are in")
    .addCommand(listCommand(io))
    .addCommand(showCommand(io));
}

export function approveCommand(io: Io, ask: Ask = askTerminal): Command {
  return decideCommand(io, ask, "approve", "approved")
    .description("Approve exactly this request of an agent, once.")
    .option("--reason <text>", "why, for the record");
}

export function refuseCommand(io: Io, ask: Ask = askTerminal): Command {
  return decideCommand(io, ask, "refuse", "refused")
    .description("Refuse this request of an agent. The agent cannot ask for the same while the request would be open.")
    .requiredOption("--reason <text>", "why, for the record");
}

function listCommand(io: Io): Command {
  return withDesk(new Command("list"))
    .description("List the requests that wait for your groups, the latest first.")
    .option("--history", "all of the last week")
    .addHelpText("after", LIST_HELP)
    .action(async (flags: ListFlags) => {
      const desk = deskOf(flags);
      const of = flags.history === true ? "history" : "open";
      const requests: ApprovalList["requests"][number][] = [];
      let after: string | undefined;
      do {
        const page = await desk.list({ of, ...(after !== undefined && { after }) });
        requests.push(...page.requests);
        after = page.next ?? undefined;
      } while (after !== undefined);
      io.out(flags.json === true ? `${jsonText(requests, 2)}\n` : listText(requests, systemClock()));
    });
}

function showCommand(io: Io): Command {
  return withDesk(new Command("show"))
    .description("Show all of one request.")
    .argument("<id>", "id of the request")
    .addHelpText("after", LIST_HELP)
    .action(async (id: string, flags: Flags) => {
      say(io, flags, await deskOf(flags).show(id));
    });
}

function decideCommand(io: Io, ask: Ask, name: string, verdict: "approved" | "refused"): Command {
  return withDesk(new Command(name))
    .argument("<id>", "id of the request")
    .option("--digest <sha256>", "digest of the request that you saw: decide without asking")
    .addHelpText("after", DECIDE_HELP)
    .action(async (id: string, flags: DecideFlags) => {
      const desk = deskOf(flags);
      const shown = await desk.show(id);
      if (flags.json !== true) io.out(shownText(shown, systemClock()));
      await confirmed(ask, flags, shown, name);
      const { reason } = flags;
      const decided = await desk.decide(id, { verdict, digest: shown.digest, ...(reason !== undefined && { reason }) });
      if (flags.json === true) say(io, flags, decided);
      else
        io.out(
          `\n${decided.status === "pending" ? "approved by you: another person must approve too" : decided.status}\n`,
        );
    });
}

/** @throws CliError if the person does not say yes, or saw another request */
async function confirmed(ask: Ask, { digest }: DecideFlags, shown: ShownApproval, name: string): Promise<void> {
  if (digest !== undefined) {
    if (digest === shown.digest) return;
    throw new CliError(`the digest is that of another request, got ${digest}: read the request again`);
  }
  const answer = await ask(`${name} exactly this? Write "${name}" to do so: `);
  if (answer === undefined) throw new UsageError("no terminal asks: name the request that was shown by --digest");
  if (answer.trim() !== name) throw new CliError("nothing was decided");
}

function say(io: Io, { json }: Flags, shown: ShownApproval): void {
  io.out(json === true ? `${jsonText(shown, 2)}\n` : shownText(shown, systemClock()));
}

function withDesk(command: Command): Command {
  return withExchangeServer(command, "https address of the exchange; AMBIT_EXCHANGE where it is left out")
    .option("--id-token-file <file>", "your ID token; AMBIT_ID_TOKEN, or that of ambit login, where it is left out")
    .option("--json", "print the result as JSON");
}

function deskOf(flags: Flags): ExchangeDesk {
  const { idTokenFile } = flags;
  const named = idTokenFile === undefined ? process.env.AMBIT_ID_TOKEN : readFileSync(idTokenFile, "utf8");
  const token = named?.trim() ?? keptToken(exchangeAddress(flags));
  if (token === undefined || !/^[\w.~+/-]+=*$/.test(token)) {
    throw new UsageError("no ID token: run ambit login, name its file by --id-token-file, or set AMBIT_ID_TOKEN");
  }
  return new ExchangeDesk(flags, token);
}

async function askTerminal(question: string): Promise<string | undefined> {
  if (process.stdin.isTTY !== true) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}
