import type { BlockRule } from "../../rule";

/** The provider deprecates names without a version since 3.0.0. `kubernetes_manifest` and its patches have none. */
export const unversionedResource: BlockRule = {
  id: "AMBIT-KUBERNETES-UNVERSIONED",
  severity: "low",
  what: "a resource of Kubernetes must be named with the version of its API",
  why: "the provider takes unversioned names out, and what is then recreated under another name is gone for a while, network policies included",
  fix: "write the name with its version, such as kubernetes_service_account_v1",
  standards: ["sp800-53/SR-3", "maestro/L4"],
  looksAt: [/^kubernetes_(?!.*_v\d)/],
  *check({ type }) {
    if (VERSIONLESS.has(type)) return;
    yield { what: type, at: "", evidence: type };
  },
};

/** Resources that work on any API, and have no version in their name */
const VERSIONLESS = new Set(["kubernetes_annotations", "kubernetes_env", "kubernetes_labels", "kubernetes_manifest"]);
