import type { Socket } from "node:net";

/** Of a record and, in it, of a handshake message (RFC 8446 sections 5.1 and 4) */
const HEADERS = 9;
const RECORD = { handshake: 22 };
const MESSAGE = { clientHello: 1 };

/**
 * Length of a client's first TLS message with its headers, as the message declares it. Zero if too little has arrived,
 * or if it is not TLS. The data stays in the socket.
 */
export function helloBytes(socket: Pick<Socket, "read" | "unshift">): number {
  const head = socket.read(HEADERS) as Buffer | null;
  if (head === null) return 0;
  socket.unshift(head);
  const isHello = head[0] === RECORD.handshake && head[5] === MESSAGE.clientHello;
  return isHello ? HEADERS + head.readUIntBE(6, 3) : 0;
}
