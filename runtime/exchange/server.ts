import { POLICY_VERSION, type PolicyDocument } from "../../domain";
import { ChainedLedger } from "../audit/ledger";
import { AwsBroker } from "../aws/broker";
import { type Clock, systemClock } from "../clock";
import { CedarEngine } from "../decision/cedar/cedar-engine";
import { JwtSvidVerifier } from "../identity/jwt-svid";
import { httpsGet } from "../jose/https-get";
import { RemoteKeys, RemoteKeySources } from "../jose/remote-keys";
import type { RegistryWatcher } from "../registry/registry-watcher";
import { readRun } from "../session/runs";
import type { KeySet } from "../signer/key-set";
import { State } from "../state/state";
import type { StateStore } from "../store/store";
import type { ExchangeConfig } from "./config";
import { Exchange } from "./exchange";
import { exchangeApp } from "./http/app";
import { SvidAuthentication } from "./http/client-authentication";
import { NodeServer } from "./http/node-server";
import type { ExchangeParts } from "./http/parts";
import { PeerSvids } from "./http/peer-svids";
import { BoundTokens } from "./http/token-holder";
import { Introspection } from "./introspection";
import { FleetDecider } from "./issue/fleet-decider";
import { type Log, told } from "./log";
import { Revocation } from "./revocation-endpoint";
import { fleetRegistry, readText } from "./server/fleet-registry";
import { OwnIdentity } from "./server/own-identity";
import { readiness } from "./server/readiness";
import { signingKeys } from "./server/signing-keys";
import { openStore, stateOf } from "./server/state-store";
import { StartEvidenceVerifier } from "./start-evidence";
import { TokenReader } from "./token-reader";
import { TokenStanding } from "./token-standing";
import { TokenWriter } from "./token-writer";

export interface StartOptions {
  readonly log: Log;
  /** @default the system's */
  readonly clock?: Clock;
}

export interface RunningExchange {
  readonly port: number;
  /** Take no more requests, answer those that are there within 10 s, and let go of everything. */
  close(): Promise<void>;
}

/** What lasts as long as the process */
interface Resources {
  readonly identity: OwnIdentity;
  readonly keys: KeySet;
  readonly store: StateStore;
  readonly registry: RegistryWatcher;
}

/**
 * Make all parts as the configuration says, and serve them.
 *
 * @throws Error that says what the exchange cannot start without
 */
export async function startExchange(config: ExchangeConfig, options: StartOptions): Promise<RunningExchange> {
  const { log, clock = systemClock } = options;
  const opened: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const end of opened.reverse().splice(0)) await end();
  };
  try {
    const keys = await signingKeys(config.signingKeys);
    const registry = await fleetRegistry(config, log);
    const identity = await OwnIdentity.of(config, clock, log);
    opened.push(() => identity.close());
    const store = await openStore(config.store, clock);
    opened.push(() => store.close());
    await registry.start();
    opened.push(() => registry.stop());
    const parts = await partsOf(config, { identity, keys, store, registry }, log, clock);
    const server = new NodeServer(exchangeApp(parts), identity.server, log);
    identity.follow((renewed) => server.renew(renewed));
    const port = await server.listen(config.listen.host, config.listen.port);
    opened.push(() => server.close());
    log("exchange.started", { issuer: config.issuer, host: config.listen.host, port });
    return { port, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function partsOf(
  config: ExchangeConfig,
  { identity, keys, store, registry }: Resources,
  log: Log,
  clock: Clock,
): Promise<ExchangeParts> {
  const { issuer, trustDomain, services } = config;
  const state = stateOf(store, keys);
  const onFailure = (error: unknown): void => log("exchange.failed", { because: told(error) });
  const ledger = new ChainedLedger({ store, clock });
  const tokens = new TokenReader({ issuer, keys });
  const peers = new PeerSvids(identity.bundle, clock);
  const decider = new FleetDecider(new CedarEngine({ policy: emptyPolicy(trustDomain), revision: 0 }), onFailure);
  const evidence = new StartEvidenceVerifier({
    issuer,
    keysOf: userKeys(config, clock),
    tokens,
    runs: { read: async (run) => (await readRun(await state(), run))?.run },
  });
  const shared = { registry, state, ledger, clock };
  const stateInterface = new State(shared);
  const sts = await stsOf(config.aws);
  return {
    issuer,
    tokens: new Exchange({ issuer, evidence, decider, tokens: new TokenWriter(keys), onFailure, ...shared }),
    clients: new SvidAuthentication({
      issuer,
      peers,
      jwtSvids: new JwtSvidVerifier({ keys: svidKeys(config, clock), trustDomain, audience: issuer }),
      clock,
    }),
    introspection: new Introspection({
      tokens,
      standing: new TokenStanding(shared),
      services: new Set(services.introspect),
      clock,
    }),
    revocation: new Revocation({ tokens, ledger, clock }),
    aws: sts && {
      tokens: new BoundTokens({ issuer, peers, tokens, ledger, clock }),
      broker: new AwsBroker({ decider, sts, onFailure, ...shared }),
    },
    state: {
      services: new Set(services.state),
      operations: {
        read: (body) => stateInterface.read(body),
        spend: (body, service) => stateInterface.spend(body, service),
        outcome: (body, service) => stateInterface.outcome(body, service),
      },
    },
    jwks: async () => (await state(), keys.jwks),
    unready: readiness({ registry, state, keys, identity }),
    log,
  };
}

/** Allows nothing: what is decided by until there is a registry */
function emptyPolicy(trustDomain: string): PolicyDocument {
  return { version: POLICY_VERSION, trustDomain, intentRequired: false, agents: {}, tools: {}, datasets: {} };
}

function svidKeys({ jwtSvid: { jwksUri, ca } }: ExchangeConfig, clock: Clock): RemoteKeys {
  const get = httpsGet(ca === undefined ? {} : { ca: readText(ca, "jwtSvid.ca") });
  return new RemoteKeys({ address: jwksUri, get, clock });
}

/** Keys of the issuers and starters that the registry names */
function userKeys({ userKeys: authority }: ExchangeConfig, clock: Clock) {
  const get = httpsGet(authority === undefined ? {} : { ca: readText(authority.ca, "userKeys.ca") });
  const sources = new RemoteKeySources({ get, clock });
  return ({ jwksUri }: { readonly jwksUri: string }) => sources.of(jwksUri);
}

async function stsOf(aws: ExchangeConfig["aws"]) {
  if (aws === undefined) return undefined;
  const { STSClient } = await import("@aws-sdk/client-sts");
  const { STS_BOUNDS } = await import("../aws/sts");
  const { region, stsEndpoint: endpoint } = aws;
  return new STSClient({ ...STS_BOUNDS, region, ...(endpoint !== undefined && { endpoint }) });
}
