import type { Log } from "../../log";
import { LIVE, type PodAnswers } from "../../pod-server";
import type { SvidSource } from "../../workload-api/svid";
import { takesConnections } from "./takes-connections";

export interface ReadinessProps {
  readonly source: Pick<SvidSource, "current" | "lastProblem">;
  /** Whether the gateway finds the companion */
  readonly isListening: () => boolean;
  /** Of the agent's own code, at which it is to be found */
  readonly ports: readonly number[];
  readonly log: Log;
}

/** Whether the gateway may send requests to this pod. It is looked at when the kubelet asks, and told in the log when it changes. */
export class Readiness {
  private leaving = false;
  private looking: Promise<readonly string[]> | undefined;
  private told: string | undefined;

  constructor(private readonly props: ReadinessProps) {}

  /** For the kubelet and any other client in the pod's network: only yes or no */
  public get answers(): PodAnswers {
    return {
      ...LIVE,
      "/ready": async () => {
        const parts = await this.unready();
        return parts.length === 0
          ? { status: 200, body: { status: "ok" } }
          : { status: 503, body: { status: "unready" } };
      },
    };
  }

  /** The pod is ready no more, and what comes is served all the same. */
  public leave(): void {
    this.leaving = true;
  }

  /** Names the parts that keep the pod from serving: `drain`, `identity`, `inbound`, and `agent:<port>`. However often it is asked at once, it looks once. */
  public unready(): Promise<readonly string[]> {
    return (this.looking ??= this.look().finally(() => {
      this.looking = undefined;
    }));
  }

  private async look(): Promise<readonly string[]> {
    const { source, isListening, ports } = this.props;
    const taken = await Promise.all(ports.map(takesConnections));
    const parts = [
      ...(this.leaving ? ["drain"] : []),
      ...(source.current() === undefined ? ["identity"] : []),
      ...(isListening() ? [] : ["inbound"]),
      ...ports.filter((_, index) => taken[index] !== true).map((port) => `agent:${port}`),
    ];
    this.tell(parts);
    return parts;
  }

  private tell(parts: readonly string[]): void {
    const { log, source } = this.props;
    const now = parts.join();
    if (now === this.told) return;
    this.told = now;
    if (parts.length === 0) return log("pod.ready");
    log("pod.unready", { parts, ...(parts.includes("identity") ? { because: source.lastProblem } : {}) });
  }
}
