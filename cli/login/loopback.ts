import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { CALLBACK, type IdentityProvider } from "../../runtime/exchange/approver-page/identity-provider";
import { CliError } from "../program";

export interface LoopbackLogin {
  readonly provider: Pick<IdentityProvider, "begin" | "finish">;
  readonly issuer: string;
  readonly clientId: string;
  /** A login is no older */
  readonly recentLoginSeconds: number;
  /** Milliseconds until the browser must be back */
  readonly milliseconds: number;
  /** Told where a browser must go */
  readonly visit: (url: string) => void;
}

const LOOPBACK = "127.0.0.1";
const HEADERS = {
  "content-type": "text/plain; charset=utf-8",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

/**
 * An authorization code with PKCE, by a browser on this machine that is sent back to the loopback (RFC 8252 section 7.3)
 *
 * @returns the ID token
 * @throws CliError if the browser does not come back in time, Error where the provider refuses
 */
export async function loopbackLogin(login: LoopbackLogin): Promise<string> {
  const { provider, issuer, clientId, recentLoginSeconds, milliseconds, visit } = login;
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, LOOPBACK, listening));
  try {
    const origin = `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`;
    const settings = { origin, issuer, clientId, recentLoginSeconds };
    const { url, pending } = await provider.begin(settings);
    const query = new Promise<string>((back, late) => {
      const timer = setTimeout(() => late(new CliError("no browser came back in time: run ambit login")), milliseconds);
      server.on("request", ({ method, url: path = "", headers: { host } }, response) => {
        const asked = URL.canParse(path, origin) ? new URL(path, origin) : undefined;
        const isBack = method === "GET" && host === new URL(origin).host && asked?.pathname === CALLBACK;
        // Other programs of this machine may call too: without the state, they end nothing.
        if (!isBack || asked.searchParams.get("state") !== pending.state) {
          response.writeHead(404, HEADERS).end("Not found.\n");
          return;
        }
        clearTimeout(timer);
        response.once("close", () => back(asked.search));
        response.writeHead(200, HEADERS).end("Close this window, and go back to the terminal.\n");
      });
    });
    visit(url);
    return await provider.finish(settings, await query, pending);
  } finally {
    server.close();
    // Browsers open idle connections ahead, which would keep the process alive.
    server.closeAllConnections();
  }
}
