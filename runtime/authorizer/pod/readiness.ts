import type { Registry } from "../../registry/registry";
import type { SvidSource } from "../../workload-api/svid";
import type { Drain } from "./drain";
import type { EnvoyAdmin } from "./envoy-admin";
import type { HeardExchange } from "./heard-exchange";

export interface ReadinessProps {
  readonly source: Pick<SvidSource, "current">;
  readonly registry: Registry;
  readonly exchange: HeardExchange;
  readonly envoy: Pick<EnvoyAdmin, "ready">;
  readonly drain: Pick<Drain, "hasBegun">;
}

/** Names the parts that keep the pod from serving: `svid`, `registry`, `exchange`, `envoy`, `drain`. */
export async function unready({
  source,
  registry,
  exchange,
  envoy,
  drain,
}: ReadinessProps): Promise<readonly string[]> {
  const svid = source.current();
  const parts: readonly (readonly [name: string, works: () => unknown])[] = [
    ["svid", () => svid ?? refused("there is no SVID")],
    ["registry", () => registry.current()],
    // A pod out of service gets no requests, so it probes by itself whether the exchange is back.
    ["exchange", () => (exchange.isSilent && svid !== undefined ? exchange.get("/live", svid) : undefined)],
    ["envoy", () => envoy.ready()],
    ["drain", () => (drain.hasBegun ? refused("the pod is draining") : undefined)],
  ];
  const answers = await Promise.allSettled(parts.map(async ([, works]) => works()));
  return parts.filter((_, index) => answers[index]?.status === "rejected").map(([name]) => name);
}

function refused(what: string): never {
  throw new Error(what);
}
