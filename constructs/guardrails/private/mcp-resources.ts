import type { Block } from "../block";
import { blockOf, type BlockBody, isObject } from "../value";
import type { StackJson } from "../stack";
import { manifestOf } from "./manifest";
import { oncePer } from "./once-per";

/**
 * Kinds of others' gateways and sandboxes, by the groups of their APIs. Their fields were read in the definitions of ToolHive 0.44,
 * agentgateway 1.4.1, which kgateway 2.1 had in its own group, Envoy AI Gateway 1.1.0, whose MCPRoute has the extAuth of Envoy Gateway's SecurityPolicy, and agent-sandbox 0.5.6.
 */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  MCPServer: ["toolhive.stacklok.dev"],
  MCPRemoteProxy: ["toolhive.stacklok.dev"],
  MCPServerEntry: ["toolhive.stacklok.dev"],
  MCPExternalAuthConfig: ["toolhive.stacklok.dev"],
  MCPWebhookConfig: ["toolhive.stacklok.dev"],
  VirtualMCPServer: ["toolhive.stacklok.dev"],
  AgentgatewayBackend: ["agentgateway.dev", "gateway.kgateway.dev"],
  AgentgatewayPolicy: ["agentgateway.dev", "gateway.kgateway.dev"],
  MCPRoute: ["aigateway.envoyproxy.io"],
  SecurityPolicy: ["gateway.envoyproxy.io"],
  EnvoyExtensionPolicy: ["gateway.envoyproxy.io"],
  EnvoyPatchPolicy: ["gateway.envoyproxy.io"],
  EnvoyFilter: ["networking.istio.io"],
  WasmPlugin: ["extensions.istio.io"],
  Backend: ["gateway.kgateway.dev"],
  TrafficPolicy: ["gateway.kgateway.dev"],
  GatewayExtension: ["gateway.kgateway.dev"],
  RemoteMCPServer: ["kagent.dev"],
  AuthPolicy: ["kuadrant.io"],
  SandboxTemplate: ["extensions.agents.x-k8s.io"],
  SandboxWarmPool: ["extensions.agents.x-k8s.io"],
};

/** An object of another gateway or sandbox, by the names of its API */
export interface McpResource {
  readonly kind: string;
  readonly block: Block;
  /** Path of its spec */
  readonly at: string;
  readonly metadata: BlockBody;
  readonly spec: BlockBody;
}

/** @throws UndecidedValue for a manifest that is known at apply only */
export function mcpResourceOf(block: Block, ...kinds: readonly string[]): McpResource | undefined {
  const { kind, manifest } = manifestOf(block);
  const groups = kinds.includes(kind) ? (GROUPS[kind] ?? []) : [];
  if (!groups.some((group) => String(manifest["apiVersion"]).startsWith(`${group}/`))) return undefined;
  const at = "manifest.spec";
  const metadata = blockOf(manifest, "metadata") ?? {};
  return { kind, block, at, metadata, spec: blockOf(manifest, "spec", at) ?? {} };
}

/** Those of a stack. One that is known at apply only is a finding where it stands. Rules that look around ask for each resource. */
export function mcpResourcesIn(stack: StackJson, kind: string): readonly McpResource[] {
  return allIn(stack).filter((each) => each.kind === kind);
}

const allIn = oncePer((stack: StackJson): readonly McpResource[] =>
  stack
    .of("kubernetes_manifest")
    .filter(({ body }) => isObject(body["manifest"]) && Object.hasOwn(GROUPS, String(body["manifest"]["kind"])))
    .flatMap((block) => mcpResourceOf(block, ...Object.keys(GROUPS)) ?? []),
);

/** All objects in an object, with their paths */
export function* objectsBelow(
  body: BlockBody,
  at: string,
): Generator<{ readonly at: string; readonly object: BlockBody }> {
  yield { at, object: body };
  for (const [key, value] of Object.entries(body)) {
    const isList = Array.isArray(value);
    for (const [index, each] of (isList ? (value as readonly unknown[]) : [value]).entries())
      if (isObject(each)) yield* objectsBelow(each, isList ? `${at}.${key}[${index}]` : `${at}.${key}`);
  }
}
