import { Agent } from "node:https";
import { type Answer, asked, type Headers } from "../gateway/load";

/** Where a client is connected, and who it is */
export interface Connected {
  readonly host: string;
  readonly port: number;
  readonly servername?: string;
  readonly tls: { readonly ca: string; readonly cert?: string; readonly key?: string };
}

/** One connection, which is kept: handshakes are no part of what is measured. */
export class KeptClient {
  private readonly agent: Agent;

  constructor(private readonly at: Connected) {
    const kept = { keepAlive: true, maxSockets: 1, checkServerIdentity: () => undefined };
    this.agent = new Agent({ ...kept, ...at.tls });
  }

  public ask(path: string, headers: Headers, body?: string): Promise<Answer> {
    const { host, port, servername, tls } = this.at;
    const side = { name: "", host, port, path, tls, headers: async () => ({}), pids: [] };
    return asked({ ...side, ...(servername !== undefined && { servername }) }, { headers, body, agent: this.agent });
  }

  public close(): void {
    this.agent.destroy();
  }
}
