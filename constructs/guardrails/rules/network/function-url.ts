import { granteesOf } from "../../grantees";
import type { BlockRule } from "../../rule";
import { textOf, UndecidedValue } from "../../value";

/** `NONE` leaves authentication to the function's code. A grant of it to everyone is the same. */
export const functionUrl: BlockRule = {
  id: "AMBIT-NETWORK-FUNCTION-URL",
  severity: "critical",
  what: "the URL of a function must ask for a signed request",
  why: "everyone on the internet calls the function, and what it does by its role",
  fix: "set authorization_type to AWS_IAM, and allow named principals",
  standards: ["sp800-53/SC-7", "maestro/L4", "owasp-nhi/NHI4", "owasp-mcp/MCP07", "sp800-53/AC-3"],
  looksAt: ["aws_lambda_function_url", "aws_lambda_permission"],
  *check(block, stack) {
    if (block.type === "aws_lambda_function_url") {
      const type = textOf(block.body, "authorization_type") ?? null;
      if (type !== "AWS_IAM") yield { what: "authorization_type", at: "authorization_type", evidence: type };
      return;
    }
    const { action = null, principal_org_id: organisation = "" } = block.body;
    if (textOf(block.body, "function_url_auth_type") === "NONE")
      yield { what: "function_url_auth_type", at: "function_url_auth_type", evidence: [action, "NONE"] };
    for (const grantee of granteesOf(block, stack)) {
      if (grantee instanceof UndecidedValue) yield grantee;
      else if (/[*?]/.test(grantee.value) && !/^o-[a-z0-9]+$/.test(String(organisation)))
        yield { what: "principal", at: "principal", evidence: [action, grantee.value] };
    }
  },
};
