import { Agent, request, type RequestOptions } from "node:https";
import { checkServerIdentity, type PeerCertificate } from "node:tls";

export interface TlsOptions extends Pick<RequestOptions, "cert" | "ecdhCurve" | "key" | "maxVersion" | "minVersion"> {
  /** PEM of trusted authorities */
  readonly ca: string;
  /**
   * Where to connect to, in place of the address that DNS would give.
   *
   * @default - where the address says, which is on loopback
   */
  readonly at?: { readonly host: string; readonly port: number };
}

/** `fetch` over a connection of its own, with a client certificate: Node's takes none. */
export function tlsFetch({ at, ...tls }: TlsOptions): typeof fetch {
  // Node would look for the name in the header `Host`, which tests send another one in.
  const identity = (_: string, certificate: PeerCertificate) => checkServerIdentity("127.0.0.1", certificate);
  const agent = new Agent({ ...tls, ...(at === undefined && { checkServerIdentity: identity }), keepAlive: false });
  return async (input, init) => {
    const asked = new Request(input, init);
    const body = Buffer.from(await asked.arrayBuffer());
    const { host, hostname } = new URL(asked.url);
    const place = at && { hostname: at.host, port: at.port, servername: hostname };
    const headers: Record<string, string> = { ...(at && { host }), ...Object.fromEntries(asked.headers) };
    if (asked.method !== "GET") headers["content-length"] = `${body.length}`;
    return new Promise((resolve, reject) => {
      const sent = request(asked.url, { agent, method: asked.method, headers, ...place }, (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("error", reject);
        answer.on("end", () => {
          const status = answer.statusCode as number;
          const pairs = Object.entries(answer.headers).map(
            ([name, value]) => [name, String(value)] as [string, string],
          );
          const content = status === 204 ? null : Buffer.concat(parts);
          resolve(new Response(content, { status, headers: pairs }));
        });
      });
      sent.on("error", reject);
      sent.end(body);
    });
  };
}
