import type { GatewayRequest } from "../call/gateway-request";
import { Denial } from "../denial";
import type { WayRequest } from "../ways/way-request";
import { headerList } from "./header-list";
import type { CheckRequest } from "./protocol";

const AUTHORITY = /^[A-Za-z0-9.:[\]-]+$/;

/** Address of the metadata of the tool that a request is for (RFC 9728 section 3.1), at the host that the client calls */
export function metadataOf({ attributes }: CheckRequest): string | undefined {
  const headers = attributes?.request?.http?.header_map?.headers ?? [];
  const authority = headerList(headers).find(([name]) => name === ":authority")?.[1] ?? "";
  const tool = attributes?.context_extensions["tool"];
  if (tool === undefined || !AUTHORITY.test(authority)) return undefined;
  return `https://${authority}/.well-known/oauth-protected-resource/tools/${tool}`;
}

/** Undefined if the request is for no agent */
export function wayRequest({ attributes }: CheckRequest): WayRequest | undefined {
  const http = attributes?.request?.http;
  const by = attributes?.context_extensions["agents"];
  if (http === null || http === undefined || (by !== "users" && by !== "workloads")) return undefined;
  return {
    by,
    certificate: attributes?.source?.certificate ?? "",
    path: http.path,
    headers: headerList(http.header_map?.headers ?? []),
    body: attributes?.context_extensions["body"] === "whole" ? http.raw_body : undefined,
  };
}

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
