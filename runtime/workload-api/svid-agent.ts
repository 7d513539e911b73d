import { Agent } from "node:https";
import type { Duplex } from "node:stream";
import type { ConnectionOptions } from "node:tls";
import { type MutualTlsOptions, tlsAs } from "./mutual-tls";
import type { SvidSource } from "./svid";

/** As many as one sender needs */
const MOST_CONNECTIONS = 4;

type Created = (error: Error | null, stream: Duplex) => void;

/** HTTP agent for third-party clients: each connection uses the SVID of that moment. None is kept. */
export class SvidAgent extends Agent {
  constructor(
    private readonly source: Pick<SvidSource, "current" | "lastProblem">,
    private readonly server: Pick<MutualTlsOptions, "peer" | "spiffeId">,
  ) {
    // A resumed session would not be asked for its certificate again.
    super({ keepAlive: false, maxSockets: MOST_CONNECTIONS, maxCachedSessions: 0 });
  }

  public override createConnection(options: ConnectionOptions, created?: Created): Duplex | null | undefined {
    const svid = this.source.current();
    if (svid !== undefined) return super.createConnection({ ...options, ...tlsAs(svid, this.server) }, created);
    const error = new Error(`${this.server.peer} is asked with an SVID, and there is none: ${this.source.lastProblem}`);
    created?.(error, undefined as never);
    return undefined;
  }
}
