import type { IncomingMessage } from "node:http";

/**
 * The whole body of an answer; the connection is closed where it is longer.
 *
 * @throws Error where it is longer, or broke off
 */
export async function boundedAnswer(response: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) {
      response.destroy();
      throw new Error(`the answer must have at most ${mostBytes} bytes`);
    }
    chunks.push(chunk);
  }
  if (!response.complete) throw new Error("the answer broke off");
  return Buffer.concat(chunks);
}
