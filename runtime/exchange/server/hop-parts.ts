import type { Ledger } from "../../audit/audit";
import { readText } from "../../checked-config";
import type { Clock } from "../../clock";
import { Outbound } from "../../outbound/outbound";
import { NO_WAYS, type Ways, waysOf } from "../../outbound/ways";
import type { Registry } from "../../registry/registry";
import type { EpochState } from "../../session/stored";
import type { KeySet } from "../../signer/key-set";
import { signOwn } from "../../token/own-jwt";
import type { TokenReader } from "../../token/token-reader";
import type { TokenStanding } from "../../token/token-standing";
import type { CommonConfig } from "../config";
import type { ExchangeParts } from "../http/parts";
import { TransactionTokens } from "../transaction/transaction-tokens";
import { TxnTokenReader } from "../transaction/txn-reader";
import { TXN_TOKEN_TYPE } from "../transaction/txn-token";

type OutboundParts = Omit<ExchangeParts["outbound"], "credentials"> & { readonly credentials: Outbound };

export interface HopResources {
  readonly keys: KeySet;
  readonly tokens: TokenReader;
  readonly standing: TokenStanding;
  readonly registry: Registry;
  readonly state: () => Promise<EpochState>;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly onFailure: (error: unknown) => void;
}

/**
 * What goes on from a tool's call: docs/context-across-hops.md.
 *
 * @throws ConfigError if the authorities of authorization servers cannot be read
 */
export async function hopParts(
  config: CommonConfig,
  { keys, ...shared }: HopResources,
): Promise<Pick<ExchangeParts, "transactions"> & { readonly outbound: OutboundParts }> {
  const { issuer, trustDomain, services } = config;
  return {
    transactions: new TransactionTokens({
      trustDomain,
      services: new Set(services.transaction),
      txnTokens: new TxnTokenReader({ issuer, keys, trustDomain }),
      sign: (claims) => signOwn(keys, TXN_TOKEN_TYPE, claims),
      ...shared,
    }),
    outbound: {
      services: new Set(services.outbound),
      credentials: new Outbound({ ways: await waysIn(config, keys, shared.clock), ...shared }),
    },
  };
}

async function waysIn({ issuer, outbound }: CommonConfig, keys: KeySet, clock: Clock): Promise<Ways> {
  if (outbound === undefined) return NO_WAYS;
  const ca = outbound.ca === undefined ? undefined : readText(outbound.ca, "outbound.ca");
  return waysOf({ config: outbound, issuer, keys, ca, clock });
}
