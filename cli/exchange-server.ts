import type { Command } from "commander";

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
