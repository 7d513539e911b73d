import type { Json } from "../../../../domain";
import { existsWith } from "../../attached";
import { openPermits } from "../../private/cedar";
import { type McpResource, mcpResourceOf, mcpResourcesIn, objectsBelow } from "../../private/mcp-resources";
import { truthOf } from "../../private/truth";
import type { BlockRule, Violation } from "../../rule";
import type { StackJson } from "../../stack";
import { blockOf, type BlockBody, isObject, listOf, textOf } from "../../value";

const KINDS = ["MCPServer", "MCPRemoteProxy", "VirtualMCPServer", "MCPRoute", "AgentgatewayBackend", "AuthPolicy"];

/** agentgateway allows all where it has no rules, where one is `true`, and what is left by rules that deny. Its policies may stand beside a backend. */
export const unauthorized: BlockRule = {
  id: "AMBIT-MCP-UNAUTHORIZED",
  severity: "high",
  what: "a gateway of MCP must authorize calls by rules that allow",
  why: "without rules, ToolHive, agentgateway and Envoy AI Gateway let each caller call each tool",
  fix: "write rules that allow single tools to single callers, and deny the rest",
  standards: ["owasp-mcp/MCP07", "owasp-mcp/MCP02", "owasp-asi/ASI02", "sp800-207/6", "sp800-53/AC-3", "maestro/L6"],
  looksAt: ["kubernetes_manifest"],
  *check(block, stack) {
    const resource = mcpResourceOf(block, ...KINDS);
    if (resource === undefined) return;
    if (resource.kind === "MCPRoute") yield* routeOf(resource);
    else if (resource.kind === "AuthPolicy") yield* anonymousOf(resource);
    else if (resource.kind === "AgentgatewayBackend") yield* backendOf(resource, stack);
    else yield* toolhiveOf(resource);
  },
};

function* toolhiveOf({ kind, at, spec }: McpResource): Generator<Violation> {
  const incoming = kind === "VirtualMCPServer" ? (blockOf(spec, "incomingAuth", at) ?? {}) : spec;
  if (kind === "VirtualMCPServer" && textOf(incoming, "type", `${at}.incomingAuth.type`) === "anonymous")
    yield { what: "incomingAuth", at: `${at}.incomingAuth.type`, evidence: "anonymous" };
  const config = blockOf(incoming, "authzConfig", `${at}.authzConfig`);
  const isInline = textOf(config ?? {}, "type", at) === "inline";
  const policies = blockOf(config ?? {}, "inline", at)?.["policies"] ?? null;
  const hasRules = isInline ? hasEntries(policies) : (config ?? incoming["authzConfigRef"] ?? null) !== null;
  if (!hasRules) yield { what: "authzConfig", at: `${at}.authzConfig`, evidence: (config ?? null) as Json };
  for (const permit of listOf(policies).flatMap((each) => openPermits(String(each))))
    if (ANY_RESOURCE.test(permit)) yield { what: "permit", at: `${at}.authzConfig`, evidence: permit };
}

/** In ToolHive's policies, the resource is a tool. */
const ANY_RESOURCE = /,\s*resource\s*(?:is\s+[\w:]+\s*)?\)/;

/** Kuadrant's policy lets a caller pass without a credential: of some requests alone, where it has conditions in `when`. */
function* anonymousOf({ at, spec }: McpResource): Generator<Violation> {
  for (const { at: place, object } of objectsBelow(spec, at))
    if (isObject(object["anonymous"]) && !hasEntries(object["when"]))
      yield { what: "anonymous", at: `${place}.anonymous`, evidence: object["anonymous"] };
}

function* routeOf({ at, spec }: McpResource): Generator<Violation> {
  const place = `${at}.securityPolicy.authorization`;
  const authorization = blockOf(blockOf(spec, "securityPolicy", at) ?? {}, "authorization", place);
  if (authorization === undefined) yield { what: "authorization", at: place, evidence: null };
  else if (textOf(authorization, "defaultAction", place) === "Allow")
    yield { what: "defaultAction", at: `${place}.defaultAction`, evidence: "Allow" };
}

function* backendOf({ block, at, spec, metadata }: McpResource, stack: StackJson): Generator<Violation> {
  if (!isObject(spec["mcp"])) return;
  const place = `${at}.policies.mcp.authorization`;
  const own = mcpPolicy(blockOf(spec, "policies", at) ?? {});
  const beside = mcpResourcesIn(stack, "AgentgatewayPolicy")
    .filter((policy) => policy.metadata["namespace"] === metadata["namespace"] && existsWith(policy.block, block))
    .map((policy) => mcpPolicy(blockOf(policy.spec, "backend") ?? {}));
  if (![own, ...beside].some((policy) => allows(blockOf(policy, "authorization", place))))
    yield { what: "authorization", at: place, evidence: (own["authorization"] ?? null) as Json };
  const mode = textOf(blockOf(own, "authentication", at) ?? {}, "mode", `${at}.policies.mcp.authentication.mode`);
  if (mode === "Optional" || mode === "Permissive")
    yield { what: "authentication", at: `${at}.policies.mcp.authentication.mode`, evidence: mode };
}

function mcpPolicy(policies: BlockBody): BlockBody {
  return blockOf(policies, "mcp") ?? {};
}

function allows(authorization: BlockBody | undefined): boolean {
  if (authorization === undefined || authorization["action"] === "Deny") return false;
  const expressions = blockOf(authorization, "policy")?.["matchExpressions"] ?? null;
  return hasEntries(expressions) && !listOf(expressions).some((each) => truthOf(String(each)) === true);
}

function hasEntries(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}
