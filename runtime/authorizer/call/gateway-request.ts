import type { HeaderList } from "../request/headers";

/** A request as it arrived at the gateway, before anything of it was changed */
export interface GatewayRequest {
  /** PEM of the peer's certificate, percent-encoded; empty if it sent none */
  readonly certificate: string;
  /** Of the route that the request took */
  readonly tool: string;
  /** Host to which that route leads, with its port where it is not 443 */
  readonly destination: string;
  readonly method: string;
  /** Path and query as sent, with `/tools/<tool>` in front */
  readonly path: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
}
