import type { BlockRule } from "../../rule";
import { textOf } from "../../value";

/** `NONE` leaves authentication to the function's code. A grant of it to everyone is the same. */
export const functionUrl: BlockRule = {
  id: "AMBIT-NETWORK-FUNCTION-URL",
  severity: "critical",
  what: "the URL of a function must ask for a signed request",
  why: "everyone on the internet calls the function, and what it does by its role",
  fix: "set authorization_type to AWS_IAM, and allow named principals",
  standards: ["sp800-53/SC-7", "maestro/L4", "owasp-nhi/NHI4", "owasp-mcp/MCP07", "sp800-53/AC-3"],
  looksAt: ["aws_lambda_function_url", "aws_lambda_permission"],
  *check(block) {
    if (block.type === "aws_lambda_function_url") {
      const type = textOf(block.body, "authorization_type") ?? null;
      if (type !== "AWS_IAM") yield { what: "authorization_type", at: "authorization_type", evidence: type };
    } else if (block.body["principal"] === "*" && (block.body["principal_org_id"] ?? "") === "") {
      yield { what: "principal", at: "principal", evidence: [block.body["action"] ?? null, "*"] };
    }
  },
};
