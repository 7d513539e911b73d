import type { Agent } from "node:http";
import { agentOf, type Answer, asked, type Headers, type Reached } from "../gateway/load";

/** One connection, which is kept: handshakes are no part of what is measured. */
export class KeptClient {
  private readonly agent: Agent;

  constructor(private readonly at: Omit<Reached, "path">) {
    this.agent = agentOf(at, 1);
  }

  public ask(path: string, headers: Headers, body?: string): Promise<Answer> {
    return asked({ ...this.at, path }, { headers, body, agent: this.agent });
  }

  public close(): void {
    this.agent.destroy();
  }
}
