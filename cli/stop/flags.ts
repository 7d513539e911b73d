import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { LONGEST_STOP_REASON } from "../../domain/kill-order";
import { type ExchangeServer, withExchangeServer } from "../exchange-server";
import { keptToken } from "../login/kept-token";
import { CliError, UsageError } from "../program";
import { OperatorInterface } from "./operator-interface";

/** Where the exchange is, and who asks it */
export interface ExchangeFlags extends ExchangeServer {
  readonly idToken?: string;
}

const ORIGIN = /^https:\/\/[^/?#@\s]+$/;

export function withExchange(command: Command): Command {
  return withExchangeServer(command, "https address of the exchange, without a path")
    .option(
      "--id-token <file>",
      "file with an ID token of a person of the operators, - for standard input; that of ambit login for this exchange where it is left out",
    )
    .option("--json", "print the result as JSON");
}

export function reasonOption(): Option {
  return new Option("--reason <text>", "the reason, kept on record and shown in lists")
    .makeOptionMandatory()
    .argParser((text) => {
      const reason = text.trim();
      if (reason !== "" && reason.length <= LONGEST_STOP_REASON && !/\p{C}/u.test(reason)) return reason;
      throw new UsageError(
        `--reason must be one line of 1 to ${LONGEST_STOP_REASON} characters, got ${JSON.stringify(text)}`,
      );
    });
}

export function issuerOption(): Option {
  return new Option("--issuer <address>", "issuer of a user");
}

/** @param description of when an operator must name roles */
export function roleOption(description: string): Option {
  return new Option("--role <name>", description)
    .default([])
    .argParser((name: string, others: readonly string[]): readonly string[] => {
      if (/^[\w+=,.@-]{1,64}$/.test(name)) return [...others, name];
      throw new UsageError(`--role must be the name of a role, got ${name}`);
    });
}

/**
 * Undefined if no exchange is named
 *
 * @throws UsageError, CliError if a file cannot be read
 */
export function operatorInterface({ exchange, ca, spiffeId, idToken }: ExchangeFlags): OperatorInterface | undefined {
  if (exchange === undefined) {
    if (idToken !== undefined || ca !== undefined || spiffeId !== undefined)
      throw new UsageError("--id-token, --ca and --spiffe-id are for --exchange: name it");
    return undefined;
  }
  if (!ORIGIN.test(exchange) || !URL.canParse(exchange)) {
    throw new UsageError(`--exchange must be an https address without a path, got ${JSON.stringify(exchange)}`);
  }
  const token = idToken === undefined ? keptToken(new URL(exchange)) : textOf(idToken === "-" ? 0 : idToken).trim();
  if (token === undefined) {
    throw new UsageError(
      "--exchange needs --id-token, of a person of the operators: name it, or run ambit login --exchange with this address",
    );
  }
  return new OperatorInterface({
    address: exchange,
    ca: ca === undefined ? undefined : textOf(ca),
    spiffeId,
    idToken: token,
  });
}

function textOf(file: number | string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CliError(`${file === 0 ? "standard input" : file} cannot be read: ${(error as Error).message}`);
  }
}
