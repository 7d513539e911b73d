import type { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { hasOddKey } from "../../identity/certificate";
import { MOST_CERTIFICATES } from "../../identity/x509-svid";
import type { Connection } from "./parts";

/** One more than any SVID has: then there are too many. */
const MOST_LOOKED_AT = MOST_CERTIFICATES + 1;

const known = new WeakMap<TLSSocket, Connection>();

/** What the peer proved in the handshake. It stays the same: neither resumption nor renegotiation is allowed. */
export function connectionOf(socket: TLSSocket): Connection {
  let connection = known.get(socket);
  if (connection === undefined) {
    connection = { certificates: peerCertificates(socket) };
    known.set(socket, connection);
  }
  return connection;
}

/** Whether the peer sent more, or other keys, than any SVID has: TLS has spent time on verifying them already. */
export function presentsTooMuch(socket: TLSSocket): boolean {
  const { certificates } = connectionOf(socket);
  return certificates.length === MOST_LOOKED_AT || certificates.some(hasOddKey);
}

/** Certificates as the peer sent them; so far TLS has only checked that it has the first one's key. */
function peerCertificates(socket: TLSSocket): readonly Uint8Array[] {
  const certificates: Uint8Array[] = [];
  let next: X509Certificate | undefined = socket.getPeerX509Certificate?.();
  while (next !== undefined && certificates.length < MOST_LOOKED_AT) {
    certificates.push(next.raw);
    next = next.issuerCertificate;
  }
  return certificates;
}
