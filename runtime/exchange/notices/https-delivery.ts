import { request as httpsRequest } from "node:https";

export interface Delivery {
  readonly url: URL;
  /** That was looked at: it is connected to, even if the name stands for another one by now */
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** @returns status of the answer */
export type Deliver = (what: Delivery) => Promise<number>;

export interface HttpsDeliveryProps {
  /**
   * PEM of the authorities to trust.
   *
   * @default - those that Node trusts
   */
  readonly ca?: string;
  /** @default 443 */
  readonly port?: number;
}

const HEADER_BYTES = 16_384;

/** Sends over https, verified by the name in the address. No redirect is followed, and no byte of the answer's body is read. */
export function httpsDelivery({ ca, port = 443 }: HttpsDeliveryProps = {}): Deliver {
  return ({ url, address, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const request = httpsRequest({
        host: address,
        port,
        servername: url.hostname,
        path: `${url.pathname}${url.search}`,
        method: "POST",
        headers: {
          ...headers,
          host: url.hostname,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          "user-agent": "ambit-exchange",
        },
        agent: false,
        maxHeaderSize: HEADER_BYTES,
        signal,
        ...(ca !== undefined && { ca }),
      });
      request.on("response", (response) => {
        resolve(response.statusCode ?? 0);
        response.destroy();
      });
      request.on("upgrade", (_, socket) => {
        resolve(101);
        socket.destroy();
      });
      // Also after the answer, where it comes from the connection that was closed here.
      request.on("error", reject);
      request.end(body);
    });
}
