import { readFileSync } from "node:fs";
import { type Decision, type DecisionInput, POLICY_VERSION, type PolicyDocument } from "../../domain";
import { type Clock, systemClock } from "../clock";
import { CedarEngine } from "../decision/cedar/cedar-engine";
import { Decider } from "../decision/decider";
import { IntentEvaluator } from "../decision/intent-evaluator";
import { OpaEngine } from "../decision/opa-engine";
import { RemoteKeys } from "../jose/remote-keys";
import { type Log, told } from "../log";
import { RefusalTeller } from "../refusal/refusal-teller";
import { collectorAgent } from "../telemetry/collector-agent";
import { startTelemetry } from "../telemetry/start-telemetry";
import { signedFleet } from "../registry/signed-fleet";
import { FleetDecider } from "../token/fleet-decider";
import { RememberedTokens } from "../token/remembered-tokens";
import { TokenReader } from "../token/token-reader";
import { CONTROL_PATHS } from "../workload-api/control-plane";
import { MutualTls } from "../workload-api/mutual-tls";
import { svidSource } from "../workload-api/svid-source";
import { Authorizer } from "./call/authorizer";
import type { Deciding } from "./call/spent-calls";
import type { Intent } from "./call/intent";
import { OpenCalls } from "./call/open-calls";
import { Outcomes } from "./call/outcomes";
import type { AuthorizerConfig } from "./config";
import { Destinations } from "./destination/destinations";
import { dnsLookup } from "../dns-lookup";
import { EnvoyServer, MOST_MESSAGE_BYTES } from "./envoy/envoy-server";
import { ExchangeState } from "./exchange-state";
import { BoundTokens } from "./identity/bound-tokens";
import { PeerCertificates } from "./identity/peer-certificates";
import { HeardExchange } from "./pod/heard-exchange";
import { servePod } from "./pod/serve-pod";
import { McpMessages } from "./mcp/mcp-messages";
import { ToolLists } from "./mcp/tool-lists";
import { Recogniser } from "./request/recogniser";
import { budgetUse } from "./telemetry/budget-use";
import { CallTelemetry } from "./telemetry/call-telemetry";
import { AgentPods } from "./ways/agent-pods";
import { WaysIn } from "./ways/ways-in";

export interface StartOptions {
  readonly log: Log;
  /** @default the system's */
  readonly clock?: Clock;
  /**
   * Where each tool is reached; for development, where stand-ins are on the loopback.
   *
   * @default - at the addresses that name servers tell, as far as they are allowed
   */
  readonly destinations?: Pick<Destinations, "of">;
  /**
   * Where the pod of each agent is; for development, where companions are on the loopback.
   *
   * @default - at the addresses of the agents' services
   */
  readonly pods?: Pick<AgentPods, "of">;
  /**
   * Called with each decision on a call and its input; for development. Must not throw.
   *
   * @default - none
   */
  readonly onDecision?: (input: DecisionInput, decision: Decision) => void;
}

export interface RunningAuthorizer {
  /** Answer what is asked for, tell the outcomes that are known, and end. */
  close(): Promise<void>;
}

/** Of Kubernetes, unless the cluster says otherwise */
const CLUSTER_DOMAIN = "cluster.local";
/** For the first SVID: SPIRE registers a pod only once it runs. It says that it lives meanwhile. */
const READY_MILLISECONDS = 110_000;
const EXCHANGE_MILLISECONDS = 5_000;
/** Of the 128 that the exchange takes from one address: a tool whose credential is slow in coming holds two of them */
const EXCHANGE_CONNECTIONS = 100;
/** Of 16 calls at once, each with a credential of 16 KiB and all that is known of its run */
const EXCHANGE_ANSWER_BYTES = 1_048_576;
const OPA_MILLISECONDS = 2_000;

/** Of Cedar: more than runs ask about at once in one gateway */
const MOST_ANSWERS = 8_192;

/** @throws Error that says what the authorizer cannot start without */
export async function startAuthorizer(config: AuthorizerConfig, options: StartOptions): Promise<RunningAuthorizer> {
  const { log, clock = systemClock } = options;
  const { trustDomain, issuer } = config;
  const onFailure = (error: unknown): void => log("authorizer.failed", { because: told(error) });
  const source = svidSource(config.tls, clock);
  const agent = collectorAgent(config.telemetry, source);
  const telemetry = await startTelemetry(config.telemetry, { service: "ambit-gateway", log, agent });
  const tls = new MutualTls({
    peer: "the exchange",
    url: config.exchange.url,
    spiffeId: () => config.exchange.spiffeId ?? `spiffe://${trustDomain}${CONTROL_PATHS.exchange}`,
    timeoutMs: EXCHANGE_MILLISECONDS,
    connections: EXCHANGE_CONNECTIONS,
    mostAnswerBytes: EXCHANGE_ANSWER_BYTES,
  });
  const registry = await signedFleet({ ...config, log });
  const heard = new HeardExchange(tls);
  const exchange = new ExchangeState(heard, source, telemetry);
  const measured = telemetry.isOn ? new CallTelemetry(telemetry, registry) : undefined;
  const traceId = (): string | undefined => telemetry.current().traceId;
  const outcomes = new Outcomes(exchange, log, (...ended) => measured?.ended(...ended), traceId);
  const open = new OpenCalls({ exchange, outcomes, log });
  const refusals = new RefusalTeller({ send: (batch) => exchange.refused(batch), clock, log });
  const keys = new RemoteKeys({ address: `${config.exchange.url}/jwks`, get: () => exchange.jwks() });
  const peers = new PeerCertificates(trustDomain, clock);
  const names = new Destinations(dnsLookup(config.nameServers));
  const used = telemetry.isOn ? budgetUse(telemetry, registry) : undefined;
  const authorizer = new Authorizer({
    peers,
    tokens: new BoundTokens(new RememberedTokens(new TokenReader({ issuer, keys })), clock),
    registry,
    recogniser: new Recogniser(new McpMessages(clock)),
    toolLists: new ToolLists(config.authorities && readFileSync(config.authorities, "utf8")),
    decider: watched(watched(deciderOf(config, onFailure), options.onDecision), used),
    intent: intentOf(config),
    exchange,
    destinations: options.destinations ?? names,
    outcomes,
    telemetry,
    clock,
  });
  const server = new EnvoyServer({
    ways: new WaysIn({
      registry,
      peers,
      pods:
        options.pods ??
        new AgentPods((hostname) => names.addressesOf(hostname), config.agents?.clusterDomain ?? CLUSTER_DOMAIN),
      authorizer,
      domain: config.agents?.usersDomain,
    }),
    authorizer,
    outcomes,
    open,
    refusals,
    log,
    ...(measured !== undefined && { telemetry: measured }),
    mostBytes: MOST_MESSAGE_BYTES,
  });
  const pod = config.pod && (await servePod(config.pod, { source, registry, exchange: heard, log }));
  const stopWatching = open.watch();
  const end = async (): Promise<void> => {
    stopWatching();
    await pod?.close();
    registry.stop();
    tls.close();
    await telemetry.close();
    source.close();
  };
  try {
    await source.ready(READY_MILLISECONDS);
    await registry.start();
    await server.listen(config.socket);
  } catch (error) {
    await end();
    throw error;
  }
  log("authorizer.started", { socket: config.socket });
  return {
    close: async () => {
      await server.close();
      await Promise.all([outcomes.settled(), refusals.close()]);
      await end();
    },
  };
}

function deciderOf({ engine, trustDomain }: AuthorizerConfig, onFailure: (error: unknown) => void): Deciding {
  if (engine?.opa === undefined) {
    const policy = emptyPolicy(trustDomain);
    return new FleetDecider(new CedarEngine({ policy, revision: 0, remembered: MOST_ANSWERS }), onFailure);
  }
  // It has the fleet in its bundle; what it is asked says which revision it must at least know.
  const { socket, timeoutMs = OPA_MILLISECONDS } = engine.opa;
  const decider = new Decider(new OpaEngine({ server: { socket }, timeoutMs }), onFailure);
  return { decide: (_, input) => decider.decide(input) };
}

function watched(decider: Deciding, onDecision: StartOptions["onDecision"]): Deciding {
  if (onDecision === undefined) return decider;
  const decide: Deciding["decide"] = async (fleet, input) => {
    const decision = await decider.decide(fleet, input);
    onDecision(input, decision);
    return decision;
  };
  return { decide };
}

function intentOf({ intent }: AuthorizerConfig): Intent | undefined {
  if (intent === undefined) return undefined;
  const { url, timeoutMs, arguments: tellsArguments = false } = intent;
  return { evaluator: new IntentEvaluator({ url, ...(timeoutMs !== undefined && { timeoutMs }) }), tellsArguments };
}

/** Denies all calls: in force until there is a registry */
function emptyPolicy(trustDomain: string): PolicyDocument {
  return { version: POLICY_VERSION, trustDomain, intentRequired: false, agents: {}, tools: {}, datasets: {} };
}
