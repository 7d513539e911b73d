import type { Block } from "../../block";
import type { BlockRule } from "../../rule";
import { type BlockBody, blocksOf, textOf } from "../../value";

/** Only `ENFORCE` refuses. The mode stands in the gateway's block, or in one of the engine itself. */
export const policyLogOnly: BlockRule = {
  id: "AMBIT-AGENTCORE-POLICY-LOG-ONLY",
  severity: "critical",
  what: "a policy engine of an AgentCore gateway must enforce its policies",
  why: "the engine writes down what it would refuse, and each call of a tool runs",
  fix: "set mode to ENFORCE",
  standards: ["owasp-asi/ASI02", "owasp-mcp/MCP07", "maestro/L3", "sp800-53/AC-3", "sp800-207/6"],
  looksAt: ["aws_bedrockagentcore_gateway", "aws_bedrockagentcore_policy_engine", "aws_bedrockagentcore_policy"],
  *check(block) {
    for (const { at, engine } of enginesOf(block)) {
      for (const name of ["mode", "enforcement_mode"]) {
        const mode = textOf(engine, name, `${at}${name}`);
        if (mode !== undefined && !/^(?:ENFORCE|ACTIVE)$/.test(mode))
          yield { what: name, at: `${at}${name}`, evidence: mode };
      }
      if (at !== "" && (engine["mode"] ?? null) === null) yield { what: "mode", at: `${at}mode`, evidence: null };
    }
  },
};

function enginesOf({ type, body }: Block): readonly { readonly at: string; readonly engine: BlockBody }[] {
  if (type !== "aws_bedrockagentcore_gateway") return [{ at: "", engine: body }];
  const name = "policy_engine_configuration";
  return blocksOf(body, name).map((engine) => ({ at: `${name}.`, engine }));
}
