import type { IncomingMessage } from "node:http";

/**
 * The whole body of an answer; the connection is closed where it is longer.
 *
 * @throws Error if it is longer, or broke off
 */
export function boundedAnswer(response: IncomingMessage, mostBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const brokeOff = (): void => reject(new Error("the answer broke off"));
    response.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= mostBytes) return;
      reject(new Error(`the answer must have at most ${mostBytes} bytes`));
      response.destroy();
    });
    response.on("end", () => (response.complete ? resolve(Buffer.concat(chunks)) : brokeOff()));
    response.on("error", reject);
    response.on("close", brokeOff);
  });
}
