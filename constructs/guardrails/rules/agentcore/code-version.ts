import type { BlockRule } from "../../rule";
import { blocksAlong } from "../../value";

/** Images of runtimes are those of `AMBIT-IMAGES-DIGEST`. Any version will do, so it may be known at apply only. */
export const codeVersion: BlockRule = {
  id: "AMBIT-AGENTCORE-CODE-VERSION",
  severity: "high",
  what: "an AgentCore runtime must name the version of its code in S3",
  why: "anyone who may write the object changes what the agent runs after the review",
  fix: "set version_id to that of the object, in a bucket with versioning",
  standards: ["owasp-asi/ASI04", "owasp-mcp/MCP04", "sp800-53/SR-3", "sp800-53/SR-4", "maestro/L4"],
  looksAt: ["aws_bedrockagentcore_agent_runtime"],
  *check({ body }) {
    const at = "agent_runtime_artifact.code_configuration.code.s3";
    for (const object of blocksAlong(body, at.split("."), at)) {
      if ((object["version_id"] ?? "") !== "") continue;
      const evidence = [object["bucket"] ?? null, object["prefix"] ?? null];
      yield { what: "version_id", at: `${at}.version_id`, evidence };
    }
  },
};
