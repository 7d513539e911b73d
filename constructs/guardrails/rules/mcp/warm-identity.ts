import { type McpResource, mcpResourceOf, mcpResourcesIn } from "../../private/mcp-resources";
import type { BlockRule, Violation } from "../../rule";
import { blockOf, blocksOf, flagOf } from "../../value";

/** A template that no pool names makes pods at the claim. agent-sandbox mounts no token by default, unlike Kubernetes. */
export const warmIdentity: BlockRule = {
  id: "AMBIT-MCP-WARM-IDENTITY",
  severity: "high",
  what: "a sandbox that waits for its agent must have no identity",
  why: "pods of a warm pool run before an agent claims them, so all of them share what the template gives, and use it unclaimed",
  fix: "leave serviceAccountName, the Workload API and tokens out of the template, and give the identity at the claim",
  standards: ["owasp-nhi/NHI9", "owasp-nhi/NHI4", "owasp-asi/ASI03", "owasp-asi/ASI10", "sp800-53/IA-9"],
  looksAt: ["kubernetes_manifest"],
  *check(block, stack) {
    const pool = mcpResourceOf(block, "SandboxWarmPool");
    if (pool === undefined) return;
    const at = `${pool.at}.sandboxTemplateRef.name`;
    const name = blockOf(pool.spec, "sandboxTemplateRef", at)?.["name"] ?? null;
    const template = mcpResourcesIn(stack, "SandboxTemplate").find(
      ({ metadata }) => metadata["name"] === name && metadata["namespace"] === pool.metadata["namespace"],
    );
    // In another stack: what it gives cannot be seen from here.
    if (template === undefined) yield { what: "sandboxTemplateRef", at, evidence: name };
    else yield* identityIn(template);
  },
};

function* identityIn({ at: outer, spec }: McpResource): Generator<Violation> {
  const at = `${outer}.podTemplate.spec`;
  const pod = blockOf(blockOf(spec, "podTemplate", at) ?? {}, "spec", at) ?? {};
  const account = pod["serviceAccountName"] ?? "default";
  if (account !== "default") yield { what: "serviceAccountName", at: `${at}.serviceAccountName`, evidence: account };
  if (flagOf(pod, "automountServiceAccountToken", at) === true)
    yield { what: "automountServiceAccountToken", at: `${at}.automountServiceAccountToken`, evidence: true };
  for (const volume of blocksOf(pod, "volumes", `${at}.volumes`)) {
    const isWorkloadApi = blockOf(volume, "csi", at)?.["driver"] === "csi.spiffe.io";
    const sources = blocksOf(blockOf(volume, "projected", at) ?? {}, "sources", at);
    if (isWorkloadApi || sources.some((source) => (source["serviceAccountToken"] ?? null) !== null))
      yield {
        what: `volumes::${String(volume["name"])}`,
        at: `${at}.volumes`,
        evidence: isWorkloadApi ? "csi.spiffe.io" : "serviceAccountToken",
      };
  }
}
