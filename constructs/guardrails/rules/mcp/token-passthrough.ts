import type { Block } from "../../block";
import { mcpResourceOf, objectsBelow } from "../../private/mcp-resources";
import type { BlockRule, Violation } from "../../rule";
import { blocksOf, isObject, textsOf } from "../../value";

const KINDS = ["VirtualMCPServer", "MCPRoute", "AgentgatewayBackend", "AgentgatewayPolicy"];
const RUNTIME = "aws_bedrockagentcore_agent_runtime";
const TARGET = "aws_bedrockagentcore_gateway_target";
/** Also tokens that a proxy puts into headers of its own, and parameters of a query */
const CREDENTIAL =
  /(?:^|[-_])(?:authorization|cookie|api[-_]?key|(?:auth|access|id|session|bearer|security)[-_]?token|jwt[-_]assertion|oidc[-_]data)$/i;

/**
 * ToolHive lists `passthroughHeaders`, Envoy AI Gateway `forwardHeaders`; agentgateway adds the token again by `auth.passthrough`.
 * AgentCore gives a runtime the `Authorization` header of a caller that its check of tokens let in, and a target what is listed.
 */
export const tokenPassthrough: BlockRule = {
  id: "AMBIT-MCP-TOKEN-PASSTHROUGH",
  severity: "high",
  what: "a gateway or runtime must not pass the caller's credential on to a tool or an agent",
  why: "it then acts as the user at every other service that takes the token, and MCP's revision 2025-11-25 forbids it",
  fix: "exchange the token for one of the tool's audience",
  standards: ["owasp-mcp/MCP01", "owasp-mcp/MCP07", "owasp-nhi/NHI2", "owasp-asi/ASI03", "sp800-53/IA-5", "maestro/L7"],
  looksAt: ["kubernetes_manifest", RUNTIME, TARGET],
  *check(block) {
    if (block.type === "kubernetes_manifest") yield* objectOf(block);
    else yield* agentcoreOf(block);
  },
};

function* objectOf(block: Block): Generator<Violation> {
  const resource = mcpResourceOf(block, ...KINDS);
  if (resource === undefined) return;
  for (const { at, object } of objectsBelow(resource.spec, resource.at)) {
    for (const name of [object["passthroughHeaders"], object["forwardHeaders"]].flatMap(headersIn))
      if (CREDENTIAL.test(name)) yield { what: name, at, evidence: name };
    if (at.endsWith(".auth") && isObject(object["passthrough"]))
      yield { what: "passthrough", at: `${at}.passthrough`, evidence: object["passthrough"] };
  }
}

function* agentcoreOf({ type, body }: Block): Generator<Violation> {
  const [block, lists] =
    type === RUNTIME
      ? ["request_header_configuration", ["request_header_allowlist"]]
      : ["metadata_configuration", ["allowed_request_headers", "allowed_query_parameters"]];
  for (const each of blocksOf(body, block))
    for (const list of lists)
      for (const name of textsOf(each, list, `${block}.${list}`))
        if (CREDENTIAL.test(name)) yield { what: name, at: `${block}.${list}`, evidence: name };
  const providers = "credential_provider_configuration";
  for (const each of blocksOf(body, providers))
    if (blocksOf(each, "jwt_passthrough").length > 0)
      yield { what: "jwt_passthrough", at: `${providers}.jwt_passthrough`, evidence: each["jwt_passthrough"] ?? null };
}

function headersIn(value: unknown): readonly string[] {
  return (Array.isArray(value) ? (value as readonly unknown[]) : []).map((each) =>
    String(isObject(each) ? each["name"] : each),
  );
}
