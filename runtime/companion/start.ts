import { join } from "node:path";
import { type Clock, systemClock } from "../clock";
import type { Log } from "../log";
import { FilesSource } from "../workload-api/files-source";
import type { SvidSource } from "../workload-api/svid";
import { WorkloadApi } from "../workload-api/workload-api";
import { companionApp } from "./app";
import { Companion } from "./companion";
import type { CompanionConfig } from "./config";
import { ExchangeClient } from "./exchange-client";
import { LoopbackServer } from "./loopback-server";
import { TOOL_LIMITS, ToolForwarder, type ToolLimits } from "./tools/tool-forwarder";

export interface StartedCompanion {
  /** http address on the loopback */
  readonly url: string;
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
}

/** It listens at once, and answers what needs an identity when it has one. */
export async function startCompanion(props: StartProps): Promise<StartedCompanion> {
  const { config, log, clock = systemClock } = props;
  const source = props.source ?? sourceOf(config, clock);
  const exchange = new ExchangeClient({ url: config.exchangeUrl, spiffeId: config.exchangeId, source, clock });
  const companion = new Companion({ exchange, clock, log });
  const tools = new ToolForwarder({ gateway: config.gateway, companion, limits: props.toolLimits ?? TOOL_LIMITS, log });
  const server = new LoopbackServer({
    app: companionApp({ companion, clock, log }),
    tools: (incoming, outgoing) => void tools.serve(incoming, outgoing),
    token: config.token,
    log,
  });
  const end = (): void => {
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
    const url = await server.listen(config.listen);
    log("companion.listening", { url });
    return { url, close: () => server.close().finally(end) };
  } catch (error) {
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
