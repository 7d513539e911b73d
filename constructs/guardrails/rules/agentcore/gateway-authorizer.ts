import type { BlockRule } from "../../rule";
import { blocksOf, type BlockBody, isReference, textOf } from "../../value";

const GATEWAY = "aws_bedrockagentcore_gateway";

/**
 * `NONE` and `AUTHENTICATE_ONLY`; and a token's check that names neither audience nor client, also that of a runtime. A runtime
 * without such a check asks for requests that IAM signs.
 */
export const gatewayAuthorizer: BlockRule = {
  id: "AMBIT-AGENTCORE-GATEWAY-AUTHORIZER",
  severity: "critical",
  what: "an AgentCore gateway or runtime must authorize its callers",
  why: "everyone, or everyone with a token of the issuer for any other service, calls the tools behind it",
  fix: "set authorizer_type to AWS_IAM, or to CUSTOM_JWT with allowed_audience",
  standards: ["owasp-asi/ASI02", "owasp-mcp/MCP07", "maestro/L3", "owasp-nhi/NHI4", "sp800-53/AC-3"],
  looksAt: [GATEWAY, "aws_bedrockagentcore_agent_runtime"],
  *check({ type, body }) {
    const authorizer = type === GATEWAY ? (textOf(body, "authorizer_type") ?? null) : "CUSTOM_JWT";
    if (authorizer === "AWS_IAM") return;
    if (authorizer !== "CUSTOM_JWT") {
      yield { what: "authorizer_type", at: "authorizer_type", evidence: authorizer };
      return;
    }
    const configurations = blocksOf(body, "authorizer_configuration");
    if (type !== GATEWAY && configurations.length === 0) return;
    const checks = configurations.flatMap((each) => blocksOf(each, "custom_jwt_authorizer"));
    const named = checks.flatMap((each) =>
      ["allowed_audience", "allowed_clients"].flatMap((name) => namesIn(each, name)),
    );
    if (named.length === 0) yield { what: "allowed_audience", at: "authorizer_configuration", evidence: authorizer };
    for (const name of named.filter((each) => each.trim() === "" || each.includes("*")))
      yield { what: `allowed_audience::${name}`, at: "authorizer_configuration", evidence: name };
  },
};

/** The client of a pool, or another attribute of a resource, is one name that is known at apply only. */
const ATTRIBUTE = /^\$\{(?:data\.)?[a-z][a-z0-9]*_\w+\.[^{}]+\}$/;

function namesIn(check: BlockBody, name: string): readonly string[] {
  const written = check[name] ?? [];
  return (Array.isArray(written) ? written : [written]).map((each) =>
    typeof each === "string" && isReference(each) && ATTRIBUTE.test(each) && Array.isArray(written)
      ? each.replaceAll("*", "")
      : (textOf({ [name]: each }, name, `authorizer_configuration.custom_jwt_authorizer.${name}`) ?? ""),
  );
}
