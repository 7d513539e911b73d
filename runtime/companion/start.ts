import { join } from "node:path";
import { type Clock, systemClock } from "../clock";
import type { Log } from "../log";
import { LIVE, PodServer } from "../pod-server";
import { RefusalTeller } from "../refusal/refusal-teller";
import { collectorAgent } from "../telemetry/collector-agent";
import { startTelemetry } from "../telemetry/start-telemetry";
import { FilesSource } from "../workload-api/files-source";
import type { SvidSource } from "../workload-api/svid";
import { WorkloadApi } from "../workload-api/workload-api";
import { companionApp } from "./app";
import { Companion } from "./companion";
import type { CompanionConfig } from "./config";
import { ExchangeClient } from "./exchange-client";
import { INBOUND_LIMITS, type InboundLimits } from "./inbound/inbound-forwarder";
import { InboundSide } from "./inbound/inbound-side";
import { LoopbackServer } from "./loopback-server";
import { ToldProblems } from "./told-problems";
import { TOOL_LIMITS, ToolForwarder, type ToolLimits } from "./tools/tool-forwarder";

export interface StartedCompanion {
  /** http address on the loopback */
  readonly url: string;
  /** Port for the gateway; undefined if the agent serves nothing */
  readonly inboundPort: number | undefined;
  /** Port of the kubelet's readiness probe; undefined if there is none */
  readonly readyPort: number | undefined;
  /** Port of the kubelet's liveness probe; undefined if there is none */
  readonly livePort: number | undefined;
  /** Say that the pod is ready no more, and serve on. */
  leave(): void;
  /** Answer what was asked for, then end. */
  close(): Promise<void>;
}

export interface StartProps {
  readonly config: CompanionConfig;
  readonly log: Log;
  /**
   * Where the present comes from.
   *
   * @default systemClock
   */
  readonly clock?: Clock;
  /**
   * Where the SVID comes from; closed with the companion.
   *
   * @default - as the configuration says
   */
  readonly source?: SvidSource;
  /**
   * Of connections to the gateway.
   *
   * @default TOOL_LIMITS
   */
  readonly toolLimits?: ToolLimits;
  /**
   * Of requests that the agent serves.
   *
   * @default INBOUND_LIMITS
   */
  readonly inboundLimits?: InboundLimits;
}

/** It listens at once, and answers what needs an identity when it has one. */
export async function startCompanion(props: StartProps): Promise<StartedCompanion> {
  const { config, log, clock = systemClock } = props;
  const source = props.source ?? sourceOf(config, clock);
  const agent = collectorAgent(config.telemetry, source);
  const telemetry = await startTelemetry(config.telemetry, {
    service: "ambit-companion",
    log,
    agent,
    hasMetrics: false,
  });
  const { exchangeUrl: exchangeAt, exchangeId } = config;
  const exchange = new ExchangeClient({ url: exchangeAt, spiffeId: exchangeId, source, clock, telemetry });
  const { inbound, live } = config;
  const companion = new Companion({ exchange, clock, log, inbound });
  const teller = new RefusalTeller({ send: (batch) => exchange.refused(batch), clock, log });
  const problems = new ToldProblems(teller);
  const { toolLimits = TOOL_LIMITS, inboundLimits: limits = INBOUND_LIMITS } = props;
  const tools = new ToolForwarder({ gateway: config.gateway, companion, limits: toolLimits, problems, telemetry, log });
  const server = new LoopbackServer({
    app: companionApp({ companion, clock, problems, log }),
    tools: (incoming, outgoing) => void tools.serve(incoming, outgoing),
    token: config.token,
    problems,
    log,
  });
  let own = "";
  const parts = { companion, problems, source, own: () => own, limits, telemetry, clock, log };
  const ways = inbound === undefined ? undefined : new InboundSide({ inbound, ...parts });
  const health = new PodServer(LIVE);
  const stopWatching = companion.open.watch();
  const end = (): void => {
    stopWatching();
    tools.close();
    source.close();
    exchange.close();
  };
  source.onChange((svid) =>
    svid === undefined
      ? log("identity.lost", { because: source.lastProblem })
      : log("identity.changed", { spiffeId: svid.spiffeId, expiresAt: svid.expiresAt }),
  );
  try {
    // Before a request comes that has the agent push by it
    const url = (own = await server.listen(config.listen));
    const ports = await ways?.listen();
    const livePort = live && (await health.listen({ host: live.hostname, port: live.port }));
    log("companion.listening", { url, ...ports, ...(livePort !== undefined && { livePort }) });
    // The agent needs the companion for what it answers.
    const close = async (): Promise<void> => {
      await ways?.close();
      await server.close();
      await teller.close();
      await health.close();
    };
    return {
      url,
      inboundPort: ports?.inboundPort,
      readyPort: ports?.readyPort,
      livePort,
      leave: () => ways?.leave(),
      close: () =>
        close()
          .finally(() => telemetry.close())
          .finally(end),
    };
  } catch (error) {
    await ways?.close();
    await server.close();
    await health.close();
    await telemetry.close();
    end();
    throw error;
  }
}

function sourceOf({ identity }: CompanionConfig, clock: Clock): SvidSource {
  if ("socket" in identity) return new WorkloadApi({ socket: identity.socket, clock });
  const file = (name: string): string => join(identity.folder, name);
  return new FilesSource({
    cert: file("svid.pem"),
    key: file("svid_key.pem"),
    bundle: file("svid_bundle.pem"),
    clock,
  });
}
