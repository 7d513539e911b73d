import { createServer, type Server } from "node:https";
import type { IncomingHttpHeaders, RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { certificate } from "../certificate";
import { recorder } from "../recorder";

export const WEBHOOK_HOST = "hooks.acme-chat.example";
const LOOPBACK = "127.0.0.1";
const certified = (name: string) => certificate({ commonName: name, dnsNames: [name] });
const own = certified(WEBHOOK_HOST);
const other = certified("other.acme-chat.example");
/** PEM of the authorities that clients of these receivers trust */
export const WEBHOOK_AUTHORITIES: string = own.cert + other.cert;

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Something that takes webhooks, over TLS, on this machine */
export class WebhookReceiver {
  public answer: RequestListener = (_, response) => void response.writeHead(204).end();
  private readonly server: Server;
  private readonly asked: ReturnType<typeof recorder>["asked"];

  /** @param named whether its certificate has its own name */
  constructor(named = true) {
    const { listener, asked } = recorder((response, request) => this.answer(request, response));
    this.asked = asked;
    this.server = createServer(named ? own : other, listener);
  }

  public get received(): readonly Received[] {
    return this.asked.map(({ request: { url = "", headers }, body }) => ({ path: url, headers, body }));
  }

  public async listen(): Promise<void> {
    await new Promise<void>((listening) => this.server.listen(0, LOOPBACK, listening));
  }

  public get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  public async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}
