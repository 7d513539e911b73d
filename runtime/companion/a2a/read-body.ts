import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { ByteRoom } from "../../growing-bytes";
import { Problem } from "../problem";
import { hasBody } from "../tools/headers";

/** Of a request that was read here, before it goes on */
export interface HeldBody {
  readonly bytes: Buffer;
  /** To be sent, as it came */
  readonly body: Readable;
}

/** Of a request that is read here before it goes on */
export const MOST_BODY_BYTES = 1_048_576;

interface ReadBody {
  readonly bytes: Buffer;
  /** To be called once, when it is needed no more */
  readonly release: () => void;
}

/**
 * The whole body of a request, held until it is answered; undefined if it has none.
 *
 * @throws Problem `companion.too-large`, `companion.busy`; Error where the client went away
 */
export async function heldBody(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  room: ByteRoom,
): Promise<HeldBody | undefined> {
  if (!hasBody(incoming.rawHeaders)) return undefined;
  const { bytes, release } = await readBody(incoming, room);
  if (outgoing.closed) release();
  else outgoing.once("close", release);
  return { bytes, body: Readable.from([bytes], { objectMode: false }) };
}

/**
 * @param tooLarge error to throw for more than {@link MOST_BODY_BYTES}
 * @throws Problem `companion.too-large` by default, `companion.busy`; Error if the other side disconnected
 */
export async function readBody(
  incoming: IncomingMessage,
  room: ByteRoom,
  tooLarge = (): Problem => Problem.of("companion.too-large", `a message of A2A has at most ${MOST_BODY_BYTES} bytes`),
): Promise<ReadBody> {
  const parts: Buffer[] = [];
  let held = 0;
  const release = (): void => {
    room.release(held);
    held = 0;
  };
  try {
    for await (const part of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (held + part.length > MOST_BODY_BYTES) throw tooLarge();
      room.take(part.length);
      held += part.length;
      parts.push(part);
    }
  } catch (error) {
    release();
    throw error;
  }
  return { bytes: Buffer.concat(parts), release };
}
