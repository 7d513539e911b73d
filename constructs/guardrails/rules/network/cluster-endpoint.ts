import type { BlockRule, Violation } from "../../rule";
import { openRanges } from "../../security-groups";
import { type BlockBody, blocksOf, flagOf } from "../../value";

/** Left out, the endpoint is public, and every address reaches it. */
export const clusterEndpoint: BlockRule = {
  id: "AMBIT-NETWORK-CLUSTER-ENDPOINT",
  severity: "high",
  what: "the API server of an EKS cluster may not be reached from every address",
  why: "everyone on the internet tries a stolen token, and the flaws of the server that holds all Secrets",
  fix: "set endpoint_public_access to false, or name the ranges in public_access_cidrs",
  standards: ["sp800-53/SC-7", "maestro/L4", "owasp-nhi/NHI6", "sp800-207/2"],
  looksAt: ["aws_eks_cluster"],
  *check({ body }) {
    const configured = blocksOf(body, "vpc_config");
    for (const config of configured.length === 0 ? [{}] : configured) yield* openIn(config);
  },
};

function* openIn(config: BlockBody): Generator<Violation> {
  if (flagOf(config, "endpoint_public_access", "vpc_config.endpoint_public_access") === false) return;
  const at = "vpc_config.public_access_cidrs";
  if ([config["public_access_cidrs"] ?? []].flat().length === 0) {
    yield { what: "public_access_cidrs", at, evidence: [config["endpoint_public_access"] ?? null, null] };
  }
  for (const range of openRanges(config, "public_access_cidrs", "vpc_config."))
    yield { what: `public_access_cidrs::${range}`, at, evidence: range };
}
