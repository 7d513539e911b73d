import type { Cluster } from "../cluster";
import { type Fact, fact } from "../fact";
import type { KubernetesObject } from "../objects/object";
import { block, canonical, text, texts, without } from "../objects/values";

/** Identities that a static entry gives, by SPIFFE ID. Source: SPIRE controller manager, docs/clusterstaticentry-crd.md */
export function staticEntryFacts(
  cluster: Cluster,
): readonly { readonly spiffeId: string; readonly object: KubernetesObject; readonly facts: readonly Fact[] }[] {
  return cluster.of("ClusterStaticEntry").map((object) => {
    const spec = block(object.body, "spec");
    const spiffeId = text(spec, "spiffeID") ?? "";
    const selectors = texts(spec, "selectors");
    const rest = canonical(without(spec, ["spiffeID", "selectors", "hint"]));
    const what = `processes with ${[...selectors].sort().join(", ")} get the identity ${spiffeId}`;
    const entry = fact("identity", what, "such a process fetches that SVID", object.address, {
      key: `entry ${spiffeId} ${rest}`,
      under: selectors,
    });
    return { spiffeId, object, facts: [entry] };
  });
}

/** The trust domain whose identities are accepted */
export function federationFact(object: KubernetesObject): Fact {
  const spec = block(object.body, "spec");
  const domain = text(spec, "trustDomain") ?? "";
  const what = `identities of trust domain ${domain} are accepted, with the keys of ${text(spec, "bundleEndpointURL") ?? ""}`;
  return fact("trust", what, `spiffe://${domain}/workload`, object.address, { key: `${what} ${canonical(spec)}` });
}
