import type { Command } from "commander";
import { UsageError } from "./program";

/** Which exchange is asked, and how it proves that it is that one */
export interface ExchangeServer {
  /** https address of the exchange */
  readonly exchange?: string;
  /** File with the authorities that vouch for it, in PEM */
  readonly ca?: string;
  /** SPIFFE ID that it must show, in place of its host name */
  readonly spiffeId?: string;
}

/** @param exchange what the command says of its address */
export function withExchangeServer(command: Command, exchange: string): Command {
  return command
    .option("--exchange <url>", exchange)
    .option("--ca <file>", "authorities that vouch for it, in PEM, such as the trust bundle; else what Node trusts")
    .option("--spiffe-id <id>", "SPIFFE ID that it must show, where its host name is not in its certificate");
}

/**
 * Address of the exchange, by the option or by AMBIT_EXCHANGE
 *
 * @throws UsageError if neither is an https address
 */
export function exchangeAddress({ exchange = process.env.AMBIT_EXCHANGE ?? "" }: ExchangeServer): URL {
  if (URL.canParse(exchange) && new URL(exchange).protocol === "https:") return new URL(exchange);
  throw new UsageError(
    `--exchange must be the https address of the exchange, got "${exchange}": write it, or set AMBIT_EXCHANGE`,
  );
}
