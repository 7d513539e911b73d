import type { BlockRule } from "../../rule";
import { blocksOf, flagOf } from "../../value";

/** Left out, it is true: the role that creates the cluster stays its administrator, and no access entry in the code says so. */
export const eksCreator: BlockRule = {
  id: "AMBIT-RBAC-EKS-CREATOR",
  severity: "medium",
  what: "the one who creates an EKS cluster may not stay its administrator",
  why: "a pipeline's role, or what steals it, has all rights of the cluster for as long as it exists",
  fix: "set access_config.bootstrap_cluster_creator_admin_permissions to false, with authentication_mode API, and write access entries",
  standards: ["owasp-nhi/NHI5", "sp800-53/AC-6", "sp800-53/AC-2"],
  looksAt: ["aws_eks_cluster"],
  *check({ body }) {
    const name = "bootstrap_cluster_creator_admin_permissions";
    const at = `access_config.${name}`;
    const flags = blocksOf(body, "access_config").map((each) => flagOf(each, name, at));
    if (flags.length === 0 || flags.some((each) => each !== false))
      yield { what: name, at, evidence: flags[0] ?? null };
  },
};
