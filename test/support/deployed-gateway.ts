import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { Fleet, type HttpAction, type PlatformProps, Tool } from "../../constructs";
import { ToolGateway, type ToolGatewayProps } from "../../constructs/gateway";
import { fleet as exampleFleet } from "../../fleet";
import { define } from "./agents";
import { newStack, platformWith, Template } from "./synth";

export const EXCHANGE = {
  issuer: "https://exchange.prod.acme.example",
  address: "https://ambit-exchange.ambit-system.svc:8443",
};

export function toolAt(host: string, privateAddress?: { readonly reason: string }, action: Partial<HttpAction> = {}) {
  return Tool.http("crm", {
    url: `https://${host}`,
    clearance: "internal",
    actsAs: { service: "crm-reader" },
    ...(privateAddress && { privateAddress }),
    actions: { get: { method: "GET", path: "/", ...action } },
  });
}

export const fleetOf = (...tools: readonly ReturnType<typeof toolAt>[]) =>
  Fleet.of(
    define("triage", { tasks: { answer: { startedBy: "user", tools: tools.map((tool) => tool.allow("get")) } } }),
  );

/** The gateway of the example fleet, with some of its choices changed */
export function deployed(changes: Partial<ToolGatewayProps> = {}, platform: Partial<PlatformProps> = {}) {
  const stack = newStack(platformWith(platform));
  const gateway = new ToolGateway(stack, "Gateway", { fleet: exampleFleet, exchange: EXCHANGE, ...changes });
  return { gateway, template: Template.of(stack) };
}

/** What its pods read */
export const dataOf = ({ template }: ReturnType<typeof deployed>) =>
  (template.only(ConfigMapV1) as { data: Readonly<Record<string, string>> }).data;
