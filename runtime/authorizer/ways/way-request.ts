import type { HeaderList } from "../request/headers";

/** A request for an agent, as it arrived at the gateway */
export interface WayRequest {
  /** The listener: that of users, or that of workloads of the trust domain */
  readonly by: "users" | "workloads";
  /** PEM of the peer's certificate, percent-encoded; empty if it sent none */
  readonly certificate: string;
  /** Path and query as sent */
  readonly path: string;
  readonly headers: HeaderList;
  /** Undefined if it goes by part by part; only of work that is handed on it may be there as a whole */
  readonly body: Uint8Array | undefined;
}
