import type { GatewayRequest } from "../call/gateway-request";
import { Denial } from "../denial";
import type { CheckRequest } from "./protocol";

/** Of a header, so that no byte is lost: what is not ASCII stays what it is. */
const ENCODING = "latin1";

/** @throws Denial `gateway.error` where Envoy is configured in another way than `ToolGateway` does it */
export function gatewayRequest({ attributes }: CheckRequest): GatewayRequest {
  const http = attributes?.request?.http;
  const { tool, destination } = attributes?.context_extensions ?? {};
  if (http === null || http === undefined || tool === undefined || destination === undefined) {
    throw Denial.of("gateway.error", "Envoy sent no request, or no tool: its configuration is not that of ToolGateway");
  }
  return {
    certificate: attributes?.source?.certificate ?? "",
    tool,
    destination,
    method: http.method,
    path: http.path,
    headers: (http.header_map?.headers ?? []).map(({ key, value, raw_value: raw }) => [
      key.toLowerCase(),
      raw.length > 0 ? raw.toString(ENCODING) : (value ?? ""),
    ]),
    body: http.raw_body,
  };
}
