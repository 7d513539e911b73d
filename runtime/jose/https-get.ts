import { Agent, get } from "node:https";

export interface HttpsGetProps {
  /**
   * PEM of the authorities to trust.
   *
   * @default - those that Node trusts
   */
  readonly ca?: string;
  /**
   * Milliseconds for everything.
   *
   * @default 5,000
   */
  readonly timeout?: number;
  /**
   * Bytes of the body.
   *
   * @default 262,144
   */
  readonly longest?: number;
}

/** Reads what an address answers */
export type Get = (address: string) => Promise<Buffer>;

/** Reads over https, follows no redirect, and stops where the answer is too slow or too long. */
export function httpsGet({ ca, timeout = 5_000, longest = 262_144 }: HttpsGetProps = {}): Get {
  const agent = new Agent({ keepAlive: false, ...(ca === undefined ? {} : { ca }) });
  return (address) =>
    new Promise((resolve, reject) => {
      if (new URL(address).protocol !== "https:")
        throw new Error(`the address must begin with https://, got ${address}`);
      const signal = AbortSignal.timeout(timeout);
      const request = get(address, { agent, signal, headers: { accept: "application/json" } }, (answer) => {
        const chunks: Buffer[] = [];
        let length = 0;
        if (answer.statusCode !== 200) request.destroy(new Error(`${address} answered ${answer.statusCode}`));
        answer.on("data", (chunk: Buffer) => {
          length += chunk.length;
          chunks.push(chunk);
          if (length > longest) request.destroy(new Error(`${address} answered more than ${longest} bytes`));
        });
        answer.on("error", reject);
        answer.on("end", () => resolve(Buffer.concat(chunks)));
      });
      request.on("error", reject);
    });
}
