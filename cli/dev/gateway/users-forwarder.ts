import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { MOST_HEADER_KILOBYTES } from "../../../constructs/gateway/local-envoy";
import { closed, listening } from "../loopback";
import { type AgentPassageProps, passToAgent } from "./agent-passage";
import { isWellFormed, refuse } from "./forwarder-http";

export interface UsersForwarderProps extends AgentPassageProps {
  readonly port: number;
  /** Of the listener, in PEM, as it is now */
  readonly certificate: () => { readonly cert: string; readonly key: string };
}

/** Stands for Envoy's listener for users if there is no Envoy: the same decision, without CORS and rate limits */
export class UsersForwarder {
  private readonly server: Server;

  private constructor(private readonly props: UsersForwarderProps) {
    this.server = createServer(
      {
        ...props.certificate(),
        minVersion: "TLSv1.2",
        ALPNProtocols: ["http/1.1"],
        maxHeaderSize: MOST_HEADER_KILOBYTES * 1_024,
        requireHostHeader: true,
      },
      (incoming, outgoing) => void this.serve(incoming, outgoing),
    );
  }

  public static async start(props: UsersForwarderProps): Promise<UsersForwarder> {
    const forwarder = new UsersForwarder(props);
    await listening(forwarder.server, props.port);
    return forwarder;
  }

  /** The certificate was renewed. */
  public renew(): void {
    this.server.setSecureContext(this.props.certificate());
  }

  public close(): Promise<void> {
    return closed(this.server);
  }

  private async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    outgoing.setHeader("server", "ambit");
    try {
      if (!isWellFormed(incoming)) return refuse(outgoing, 400, "gateway.limit");
      await passToAgent(this.props, incoming, outgoing);
    } catch {
      outgoing.destroy();
    }
  }
}
