import { Command } from "commander";
import { CliError, type Io, Outcome, UsageError } from "./program";
import { progress } from "./progress";
import { type ExchangeFlags, operatorInterface, reasonOption, withExchange } from "./stop/flags";
import { OrderRefused } from "./stop/operator-interface";
import { jsonText, printable, table } from "./terminal";

const HELP = `
Deletes the key by which records name the person; there is no backup of it. From then on those records cannot be attributed to the
person. Every record, checkpoint and proof stays as it was signed, and a stop of the person stays in force. The person's runs end. If
the person returns, records name them by another key.

Check the spelling of the subject: the exchange reports a person who is on no record.

Examples:
  ambit erase alice --issuer https://login.acme.example --reason "request 4711" --exchange https://exchange.prod.acme.example
  ambit erase alice --issuer https://login.acme.example --reason "request 4711" --exchange https://exchange.prod.acme.example --id-token token.jwt --json

Exit codes: 0 erased, 1 not erased, or no answer came: run it again, 3 no such person is on record, 64 usage error.`;

const UNKNOWN = 3;

interface Flags extends ExchangeFlags {
  readonly issuer: string;
  readonly reason: string;
  readonly json?: true;
}

export function eraseCommand(io: Io): Command {
  return withExchange(
    new Command("erase")
      .summary("erase a person from the audit log, without breaking a proof")
      .description("Delete the key by which the audit log names a person.")
      .argument("<subject>", "of the person, as their issuer names them")
      .requiredOption("--issuer <address>", "issuer of the person")
      .addOption(reasonOption()),
  )
    .addHelpText("after", HELP)
    .action(async (subject: string, flags: Flags) => {
      const exchange = operatorInterface(flags);
      if (exchange === undefined) throw new UsageError("name --exchange, which alone deletes the key");
      const user = { issuer: flags.issuer, subject };
      const asked = exchange.erase({ user, reason: flags.reason }).catch((error: Error) => {
        if (!(error instanceof OrderRefused)) {
          throw new CliError(`the person may not be erased, so run it again: ${error.message}`);
        }
        if (!error.codes.includes("erasure.unknown-person")) throw new CliError(`not erased: ${error.message}`);
        io.err(printable(`ambit: nothing is erased: ${error.message}`) + "\n");
        throw new Outcome(UNKNOWN);
      });
      const { pseudonym, effective_at } = await progress(io, "erasing the person", asked);
      if (flags.json === true) return io.out(`${jsonText({ user, erased: true, pseudonym, effective_at }, 2)}\n`);
      const at = new Date(effective_at * 1_000).toISOString().replace(".000Z", "Z");
      io.out(
        table([
          ["erased", printable(`${subject} of ${flags.issuer}`)],
          ["in effect", `${at} in every process of the exchange; here at once`],
          ["was named", `${printable(pseudonym)} in records, which can no longer be attributed`],
          ["stays", "records, checkpoints, proofs, and each stop of the person"],
        ]),
      );
    });
}
