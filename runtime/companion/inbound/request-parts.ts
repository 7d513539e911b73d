import type { ClientRequest, IncomingMessage } from "node:http";
import { setTimeout as after, setImmediate as nextTurn } from "node:timers/promises";
import { Parts } from "./parts";

/** A body that is longer is not waited for. */
const SHORT_BYTES = 16_384;
/** How long to wait for the rest of a short body: it mostly follows the headers at once, which saves a check. */
const SOON_MILLISECONDS = 20;

/** Between two questions about short parts: byte by byte a body would cost the exchange a decision each */
const APART_MILLISECONDS = 15;

/** What of a body has come before it is asked about: with the head, or soon behind it where the body is short */
export async function firstPart(incoming: IncomingMessage): Promise<Buffer> {
  const { "content-length": length = Infinity, expect } = incoming.headers;
  const taken: Buffer[] = [];
  let missing = Number(length);
  const take = (): void => {
    for (let part = incoming.read() as Buffer | null; part !== null; part = incoming.read() as Buffer | null) {
      taken.push(part);
      missing -= part.length;
    }
  };
  const isShort = missing <= SHORT_BYTES;
  await nextTurn();
  take();
  if (isShort && missing > 0 && expect === undefined) {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(late);
        incoming.off("readable", more);
        incoming.off("close", done);
        resolve();
      };
      const more = (): void => {
        take();
        if (missing <= 0) done();
      };
      const late = setTimeout(done, SOON_MILLISECONDS);
      incoming.on("readable", more);
      incoming.on("close", done);
    });
  }
  return Buffer.concat(taken);
}

export interface RequestParts {
  readonly incoming: IncomingMessage;
  /** To the agent */
  readonly request: ClientRequest;
  /** What had come when the run began, or was joined */
  readonly first: Buffer;
  /** Throws where what has come since may not reach the agent. */
  readonly mayArrive: () => Promise<void>;
  /** For which a part may be waited for */
  readonly silentMilliseconds: number;
}

/**
 * Stream a body. Each check covers all that has arrived by then; data that arrives during the check waits for the next.
 * If the agent stops reading, the rest is discarded.
 *
 * @throws Problem if it may not go on; Error if either side disconnected
 */
export async function passParts({
  incoming,
  request,
  first,
  mayArrive,
  silentMilliseconds,
}: RequestParts): Promise<void> {
  const parts = new Parts(incoming, request);
  let asked = -Infinity;
  try {
    if (first.length > 0) request.write(first);
    for (let part = parts.take(); !parts.over && !request.destroyed; part = parts.take()) {
      if (part === undefined) {
        await parts.news(silentMilliseconds);
        continue;
      }
      const early = asked + APART_MILLISECONDS - performance.now();
      const isShort = part.length < SHORT_BYTES;
      if (isShort && early > 0) await after(early);
      const more = isShort ? parts.take() : undefined;
      asked = performance.now();
      await mayArrive();
      request.write(more === undefined ? part : Buffer.concat([part, more]));
    }
    if (request.destroyed) throw new Error("the agent takes no more of it");
    request.end();
  } catch (error) {
    parts.leave();
    incoming.resume();
    throw error;
  }
}
