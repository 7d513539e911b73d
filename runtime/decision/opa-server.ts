import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent, type RequestOptions } from "node:https";
import { SpiffeId } from "../../domain";
import { otherIdentity } from "../workload-api/peer";

/** Where OPA answers */
export type OpaServer = OpaSocket | OpaAddress;

/** In the same pod: file permissions on the socket are the authentication. */
export interface OpaSocket {
  /** Path of the Unix socket */
  readonly socket: string;
}

/** Somewhere else: both sides show a certificate of the trust domain. */
export interface OpaAddress {
  /** https address, without a path */
  readonly url: string;
  /** SPIFFE ID that OPA must present. Its host name proves nothing. */
  readonly spiffeId: string;
  /** Own certificate and the authorities to trust, in PEM, asked for at each decision, so that they may be renewed */
  readonly tls: () => OpaTls;
}

export interface OpaTls {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** How OPA is reached */
export interface OpaConnection {
  readonly secure: boolean;
  /** For each request, with the certificates of that moment */
  readonly options: () => RequestOptions;
  readonly close: () => void;
}

const MOST_CONNECTIONS = 64;
/** A connection that is not used is closed after so long, and with it a certificate that has been renewed. */
const IDLE_MILLISECONDS = 60_000;
const LONGEST_SOCKET_PATH = 107;

/** @throws Error for an address that is not allowed */
export function opaConnection(server: OpaServer): OpaConnection {
  const keep = { keepAlive: true, maxSockets: MOST_CONNECTIONS, timeout: IDLE_MILLISECONDS };
  if ("socket" in server) {
    const socketPath = checkedSocket(server.socket);
    const agent = new HttpAgent(keep);
    return { secure: false, options: () => ({ agent, socketPath }), close: () => agent.destroy() };
  }
  const { hostname, port } = checkedUrl(server.url);
  const id = `${SpiffeId.parse(server.spiffeId, "OPA's server", "spiffeId")}`;
  // A resumed session would not be asked for its certificate again.
  const agent = new HttpsAgent({ ...keep, maxCachedSessions: 0 });
  const fixed: RequestOptions = {
    agent,
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? 443 : port,
    minVersion: "TLSv1.3",
    rejectUnauthorized: true,
    checkServerIdentity: (_host, certificate) => otherIdentity("OPA", id, certificate),
  };
  return { secure: true, options: () => ({ ...fixed, ...complete(server.tls()) }), close: () => agent.destroy() };
}

/** Node falls back to the system's authorities if it gets none, so all must be set. */
function complete({ cert, key, ca }: OpaTls): OpaTls {
  const empty = Object.entries({ cert, key, ca }).find(([, pem]) => pem.trim() === "");
  if (empty !== undefined) throw new Error(`${empty[0]} must be PEM, got an empty text`);
  return { cert, key, ca };
}

function checkedSocket(path: string): string {
  const length = Buffer.byteLength(path);
  if (path.startsWith("/") && length <= LONGEST_SOCKET_PATH) return path;
  const must = `socket of OPA must be an absolute path of at most ${LONGEST_SOCKET_PATH} bytes`;
  throw new Error(`${must}, got ${JSON.stringify(path)}`);
}

function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const bare = url !== undefined && url.href === `${url.origin}/`;
  if (url?.protocol === "https:" && bare) return url;
  throw new Error(`url of OPA must be https://<host>:<port>, got ${JSON.stringify(text)}`);
}
