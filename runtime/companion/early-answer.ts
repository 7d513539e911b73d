import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";

/** The answer came before the whole body was read: discard the rest. */
export function release(incoming: IncomingMessage, request: ClientRequest): void {
  if (request.writableFinished) return;
  incoming.unpipe(request);
  request.destroy();
  incoming.resume();
}

/** A client that is still sending would lose the answer with its connection: it is ended when it rests. */
export function linger({ complete, httpVersion }: IncomingMessage, outgoing: ServerResponse): void {
  if (!complete && httpVersion === "1.1") outgoing.shouldKeepAlive = true;
}
