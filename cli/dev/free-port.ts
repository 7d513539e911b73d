import { randomInt } from "node:crypto";
import { createServer, type ListenOptions, type Server } from "node:net";
import { LOOPBACK } from "./loopback";

/**
 * Below what systems give to outgoing connections unless they are told otherwise (Linux from 32,768, macOS and Windows from 49,152): no
 * client takes a port of these between its choice and its server's start, which may be seconds.
 */
const FIRST = 20_000;
const PAST_LAST = 30_000;
const ATTEMPTS = 200;

/**
 * A port without a listener, which no other process of Ambit on this machine has reserved
 *
 * @throws Error if none is found
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(FIRST, PAST_LAST);
    if ((await isOurs(port)) && (await isFree(port))) return port;
  }
  throw new Error(
    `of ports ${FIRST} to ${PAST_LAST - 1}, ${ATTEMPTS} were tried and none is free: end what listens there, or name ports`,
  );
}

/** A socket by name alone, which only Linux has, holds the choice until this process ends. */
async function isOurs(port: number): Promise<boolean> {
  if (process.platform !== "linux") return true;
  const server = createServer();
  const holds = await listens(server, { path: `\0ambit-port-${port}` });
  server.unref();
  return holds;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = await listens(server, { port, host: LOOPBACK });
  if (free) await new Promise((resolve) => server.close(resolve));
  return free;
}

function listens(server: Server, at: ListenOptions): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(false) : reject(error),
    );
    server.listen(at, () => resolve(true));
  });
}
