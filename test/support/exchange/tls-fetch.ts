import { Agent, request, type RequestOptions } from "node:https";
import { checkServerIdentity, type PeerCertificate } from "node:tls";

export interface TlsOptions extends Pick<RequestOptions, "cert" | "key" | "maxVersion" | "minVersion"> {
  /** PEM of whom to trust */
  readonly ca: string;
}

/** `fetch` over a connection of its own, with a client certificate: Node's takes none. */
export function tlsFetch(tls: TlsOptions): typeof fetch {
  // Node would look for the name in the header `Host`, which tests send another one in.
  const identity = (_: string, certificate: PeerCertificate) => checkServerIdentity("127.0.0.1", certificate);
  const agent = new Agent({ ...tls, checkServerIdentity: identity, keepAlive: false });
  return async (input, init) => {
    const asked = new Request(input, init);
    const body = Buffer.from(await asked.arrayBuffer());
    const headers = Object.fromEntries(asked.headers);
    if (asked.method !== "GET") headers["content-length"] = `${body.length}`;
    return new Promise((resolve, reject) => {
      const sent = request(asked.url, { agent, method: asked.method, headers }, (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("error", reject);
        answer.on("end", () => {
          const status = answer.statusCode as number;
          const pairs = Object.entries(answer.headers).map(
            ([name, value]) => [name, String(value)] as [string, string],
          );
          resolve(new Response(Buffer.concat(parts), { status, headers: pairs }));
        });
      });
      sent.on("error", reject);
      sent.end(body);
    });
  };
}
