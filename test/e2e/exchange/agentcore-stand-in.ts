import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { recorder } from "../../support/recorder";

/** Answers the four operations of AgentCore Identity's data plane over HTTP, as its service model has them. */
export class AgentCoreStandIn {
  /** Path and body of each request */
  public readonly asked: (readonly [path: string, body: Readonly<Record<string, unknown>>])[] = [];
  private readonly server: Server;

  constructor() {
    const { listener, asked } = recorder((response, { url = "" }) => {
      const body = JSON.parse(asked.at(-1)?.body ?? "{}") as Record<string, unknown>;
      this.asked.push([url, body]);
      const answer = answerTo(url, body);
      response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(answer ?? { message: "no such operation" }));
    });
    this.server = createServer(listener);
  }

  public async listen(): Promise<string> {
    await new Promise<void>((listening) => this.server.listen(0, "127.0.0.1", listening));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}

function answerTo(path: string, body: Readonly<Record<string, unknown>>): object | undefined {
  switch (path) {
    case "/identities/GetWorkloadAccessToken":
      return { workloadAccessToken: `workload:${String(body.workloadName)}` };
    case "/identities/GetWorkloadAccessTokenForUserId":
      return { workloadAccessToken: `user:${String(body.userId)}` };
    case "/identities/oauth2/token":
      return { accessToken: `token-of-${String(body.workloadIdentityToken)}` };
    case "/identities/api-key":
      return { apiKey: `key-of-${String(body.workloadIdentityToken)}` };
    default:
      return undefined;
  }
}
