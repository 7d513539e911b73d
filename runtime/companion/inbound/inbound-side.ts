import type { Clock } from "../../clock";
import type { Log } from "../../log";
import { PodServer } from "../../pod-server";
import type { Telemetry } from "../../telemetry/telemetry";
import type { SvidSource } from "../../workload-api/svid";
import type { Companion } from "../companion";
import type { ToldProblems } from "../told-problems";
import { GatewayPeer } from "./gateway-peer";
import type { InboundConfig } from "./inbound-config";
import { InboundForwarder, type InboundLimits } from "./inbound-forwarder";
import { InboundServer } from "./inbound-server";
import { Readiness } from "./readiness";

export interface InboundSideProps {
  readonly inbound: InboundConfig;
  readonly companion: Companion;
  readonly problems: ToldProblems;
  readonly source: SvidSource;
  /** http address on the loopback, once it listens */
  readonly own: () => string;
  readonly limits: InboundLimits;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly log: Log;
}

/** Where the companion of an agent that serves listens */
export interface InboundPorts {
  readonly inboundPort: number;
  /** Left out if there is no readiness probe */
  readonly readyPort?: number;
}

/** What an agent that serves has besides: requests of the gateway, and the kubelet's question whether they may come */
export class InboundSide {
  private readonly ways: InboundServer;
  private readonly readiness: Readiness;
  private readonly pod: PodServer;

  constructor(private readonly props: InboundSideProps) {
    const { inbound, companion, problems, source, own, limits, telemetry, clock, log } = props;
    const forwarder = new InboundForwarder({ inbound, companion, own, limits, problems, telemetry, log });
    this.ways = new InboundServer({
      source,
      gateway: new GatewayPeer({ source, clock, spiffeId: inbound.gatewayId }),
      serve: (incoming, outgoing) => void forwarder.serve(incoming, outgoing),
      connectionMilliseconds: limits.connectionMilliseconds,
      problems,
      log,
    });
    const ports = [...new Set([...inbound.ways.values()].map(({ port }) => port))];
    this.readiness = new Readiness({ source, isListening: () => this.ways.isListening, ports, log });
    this.pod = new PodServer(this.readiness.answers);
  }

  public async listen(): Promise<InboundPorts> {
    const { listen, ready } = this.props.inbound;
    const inboundPort = await this.ways.listen(listen);
    if (ready === undefined) return { inboundPort };
    return { inboundPort, readyPort: await this.pod.listen({ host: ready.hostname, port: ready.port }) };
  }

  /** The pod is ready no more, and what comes is served all the same. */
  public leave(): void {
    this.readiness.leave();
  }

  /** Take no more requests, answer those that are there, and end what is left after 5 s. */
  public async close(): Promise<void> {
    await Promise.all([this.pod.close(), this.ways.close()]);
  }
}
