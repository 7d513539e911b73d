import type { GatewayRequest } from "../call/gateway-request";
import { Denial } from "../denial";
import { headerList } from "./header-list";
import type { CheckRequest } from "./protocol";

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
    headers: headerList(http.header_map?.headers ?? []),
    body: http.raw_body,
  };
}
