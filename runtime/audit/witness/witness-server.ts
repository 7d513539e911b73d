import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { REQUEST_BYTES } from "./add-checkpoint";
import { type Misdirected, misdirected, tooLong } from "./misdirected";
import type { Witness } from "./witness";

const HEADER_MILLISECONDS = 5_000;
const REQUEST_MILLISECONDS = 10_000;
/** Node looks only every 30 s without it, and who is silent would hold connections so long. */
const CHECKING_MILLISECONDS = 1_000;
const CONNECTIONS = 64;

export interface RunningWitness {
  readonly port: number;
  close(): Promise<void>;
}

/** Serve a witness over plain HTTP, behind what ends TLS or on loopback. @param port 0 for any free one */
export async function serveWitness(
  witness: Pick<Witness, "addCheckpoint">,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<RunningWitness> {
  const limits = {
    headersTimeout: HEADER_MILLISECONDS,
    requestTimeout: REQUEST_MILLISECONDS,
    connectionsCheckingInterval: CHECKING_MILLISECONDS,
  };
  const server = createServer(limits, (request, response) => {
    void answer(witness, request, response).catch(() => response.destroy());
  });
  server.maxConnections = CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  witness: Pick<Witness, "addCheckpoint">,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const elsewhere = misdirected(request.method, request.url);
  if (elsewhere !== undefined) return ended(response, elsewhere);
  const body = await bodyOf(request);
  if (body === undefined) return ended(response, tooLong(), { connection: "close" });
  const { status, type, body: text } = await witness.addCheckpoint(body);
  response.writeHead(status, { "content-type": type }).end(text);
}

/** Undefined if it is longer than any request may be */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > REQUEST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function ended(
  response: ServerResponse,
  { status, headers, body }: Misdirected,
  more: Record<string, string> = {},
): void {
  response.writeHead(status, { ...headers, ...more }).end(body);
}
