import { documentsIn } from "../../private/documents";
import { serversIn } from "../../private/open-api";
import type { BlockRule, Violation } from "../../rule";
import { blocksAlong, type BlockBody, isReference, textOf, UndecidedValue } from "../../value";

const AUTHORIZER = "authorizer_configuration.custom_jwt_authorizer.discovery_url";
const ENDPOINT = "target_configuration.mcp.mcp_server.endpoint";
const PAYLOAD = "target_configuration.mcp.open_api_schema.inline_payload.payload";

/** Servers of MCP, servers in a description of OpenAPI, and issuers of tokens. An attribute of another resource may follow `https://`. */
export const plainHttp: BlockRule = {
  id: "AMBIT-AGENTCORE-PLAIN-HTTP",
  severity: "high",
  what: "AgentCore must reach targets and issuers by https",
  why: "anyone on the way reads calls and their credentials, answers for the tool, or gives the gateway keys of their own for its tokens",
  fix: "write an address that begins with https://",
  standards: ["sp800-53/SC-8", "sp800-53/SC-23", "owasp-mcp/MCP07", "owasp-asi/ASI07", "sp800-207/2"],
  looksAt: [
    "aws_bedrockagentcore_agent_runtime",
    "aws_bedrockagentcore_gateway",
    "aws_bedrockagentcore_gateway_target",
  ],
  *check({ body }) {
    for (const path of [AUTHORIZER, ENDPOINT]) yield* addressesAt(body, path);
    for (const { block, name } of holdersOf(body, PAYLOAD)) {
      const written = block[name];
      if (typeof written !== "string") continue;
      const [told] = /["']?url["']?\s*:\s*["']?http:\/\/[^"'\s,}]*/i.exec(written) ?? [];
      const plain = told ?? addressesIn(written).find((address) => /^http:/i.test(address));
      if (plain !== undefined) yield { what: name, at: PAYLOAD, evidence: plain };
      else if (isReference(written) && !written.includes("https://"))
        yield new UndecidedValue(PAYLOAD, written, `${PAYLOAD} is known at apply only`);
    }
  },
};

/** None for what cannot be read: its text is searched. */
function addressesIn(payload: string): readonly string[] {
  try {
    return documentsIn(payload, PAYLOAD).flatMap((document) => [...serversIn(document)]);
  } catch {
    return [];
  }
}

function* addressesAt(body: BlockBody, path: string): Generator<Violation> {
  for (const { block, name } of holdersOf(body, path)) {
    const written = block[name];
    if (typeof written === "string" && /^https:\/\//i.test(written)) continue;
    const address = textOf(block, name, path);
    if (address !== undefined) yield { what: name, at: path, evidence: address };
  }
}

/** The blocks that have the attribute at the end of the path */
function holdersOf(body: BlockBody, path: string): readonly { readonly block: BlockBody; readonly name: string }[] {
  const names = path.split(".");
  const name = names.pop() as string;
  return blocksAlong(body, names, path).map((block) => ({ block, name }));
}
