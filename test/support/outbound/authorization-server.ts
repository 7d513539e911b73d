import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { freePort } from "../../../cli/dev/free-port";
import { certificate } from "../certificate";
import { recorder } from "../recorder";

const LOOPBACK = "127.0.0.1";
const { cert, key } = certificate({ commonName: "login", ipAddress: [127, 0, 0, 1] });
/** PEM of trusted authorities */
export const AUTHORITY: string = cert;

/** Seconds are left out where it says nothing of the token's life. */
export interface TokenSaid {
  readonly access_token?: unknown;
  readonly token_type?: unknown;
  readonly expires_in?: unknown;
  readonly issued_token_type?: unknown;
}

/** A tool's authorization server that answers as it is told, over TLS of a private authority */
export class AuthorizationServer {
  /** Of each request */
  public readonly forms: URLSearchParams[] = [];
  public readonly headers: IncomingMessage["headers"][] = [];
  public answer: (response: ServerResponse) => void = (response) => say(response, token("downstream-1"));
  private readonly server: Server;

  constructor() {
    const { listener, asked } = recorder((response) => {
      const { request, body } = asked.at(-1) as (typeof asked)[0];
      this.forms.push(new URLSearchParams(body));
      this.headers.push(request.headers);
      this.answer(response);
    });
    this.server = createServer({ cert, key }, listener);
  }

  /** @param port of a server that comes back */
  public async listen(port?: number): Promise<void> {
    const at = port ?? (await freePort());
    await new Promise<void>((listening) => this.server.listen(at, LOOPBACK, listening));
  }

  public get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  public get tokenEndpoint(): string {
    return `https://${LOOPBACK}:${this.port}/token`;
  }

  public async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}

export function token(access_token: string, more: TokenSaid = {}): TokenSaid {
  return { access_token, token_type: "Bearer", expires_in: 600, ...more };
}

export function say(response: ServerResponse, body: unknown, status = 200, type = "application/json"): void {
  response.writeHead(status, { "content-type": type }).end(typeof body === "string" ? body : JSON.stringify(body));
}
