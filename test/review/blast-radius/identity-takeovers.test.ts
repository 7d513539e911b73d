import { BlastRadii } from "../../../review/blast-radius/blast-radii";
import type { BlastRadius } from "../../../review/blast-radius/blast-radius";
import type { Json, JsonObject } from "../../../review/read/json";
import rows from "../../cases/review/taken-identities.json";
import { smallRegistry } from "../../support/review/declared-fleet";
import { estateOf, type Resources } from "../../support/review/estate-of";

interface Row {
  readonly name: string;
  /** Rules of a cluster role that the agent `courier` holds in the namespace of the others, or everywhere */
  readonly rules: readonly JsonObject[];
  readonly isClusterWide?: boolean;
  readonly takes: boolean;
}

const REGISTRY = JSON.parse(JSON.stringify(smallRegistry())) as JsonObject;
const workloadOf = (agent: string) => smallRegistry().agents[agent]?.["workload"] as Record<string, string>;
const [own, other] = [workloadOf("courier"), workloadOf("clerk")];

function radiusOf(resources: Resources): BlastRadius {
  return new BlastRadii(estateOf(resources, REGISTRY)).of("courier") as BlastRadius;
}

function holding(rules: readonly Json[], isClusterWide = false): Resources {
  const manifest = (kind: string, metadata: JsonObject, more: JsonObject): JsonObject => ({
    manifest: { apiVersion: "rbac.authorization.k8s.io/v1", kind, metadata, ...more },
  });
  const binding = {
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "r" },
    subjects: [{ kind: "ServiceAccount", namespace: own["namespace"] ?? "", name: own["serviceAccount"] ?? "" }],
  };
  return {
    "kubernetes_manifest.role": manifest("ClusterRole", { name: "r" }, { rules }),
    "kubernetes_manifest.binding": isClusterWide
      ? manifest("ClusterRoleBinding", { name: "b" }, binding)
      : manifest("RoleBinding", { name: "b", namespace: other["namespace"] ?? "" }, binding),
  };
}

test.each(rows as readonly Row[])("$name", ({ rules, isClusterWide, takes }) => {
  const { reached } = radiusOf(holding(rules, isClusterWide));
  expect(reached.some(({ kind, target }) => kind === "identity" && target === "clerk")).toBe(takes);
  // A stolen identity brings all its access, and a kill of the thief does not end that.
  const refund = reached.find(({ target, does }) => target === "crm" && does === "refund");
  expect(refund?.lasting.seconds).toBe(undefined);
  expect(refund !== undefined).toBe(takes);
});

test("unreadable objects of the cluster are reported as possible rights; readable ones are not", () => {
  const told = (resources: Resources): readonly string[] => radiusOf(resources).unknown.map(({ what }) => what);
  const manifest = { apiVersion: "v1", kind: "Service", metadata: { name: "s" } };
  expect(told({ "helm_release.r": { name: "r", chart: "c" } })).toEqual([
    "what helm_release at test/helm_release.r puts into the cluster",
  ]);
  expect(told({ "kubernetes_manifest.m": { manifest: "${var.manifest}" } })).toHaveLength(1);
  expect(told({ "kubernetes_manifest.m": { manifest: { ...manifest, kind: "${var.kind}" } } })).toHaveLength(1);
  expect(told({ "kubernetes_manifest.m": { manifest } })).toEqual([]);
  expect(told({})).toEqual([]);
});

test("a right more never takes fewer", () => {
  const all = (rows as readonly Row[]).flatMap(({ rules }) => rules);
  const { reached } = radiusOf(holding(all, true));
  expect(reached.filter(({ kind }) => kind === "identity").map(({ target }) => target)).toContain("clerk");
});

test("one service account is one identity, also where two agents declare it", () => {
  const registry = JSON.parse(JSON.stringify(smallRegistry())) as { agents: Record<string, Record<string, unknown>> };
  (registry.agents["courier"] as Record<string, unknown>)["workload"] = other;
  const radius = new BlastRadii(estateOf({}, registry as unknown as JsonObject)).of("courier");
  expect(radius?.identities).toContainEqual(expect.objectContaining({ name: "clerk", how: "becomes it" }));
});

test("a static entry that fits its pods gives them the identity it names", () => {
  const spec = {
    spiffeID: smallRegistry().agents["clerk"]?.["spiffeId"] as string,
    selectors: [`k8s:ns:${own["namespace"]}`, `k8s:sa:${own["serviceAccount"]}`],
  };
  const entry = (selectors: readonly string[]): Resources => ({
    "kubernetes_manifest.entry": {
      manifest: {
        apiVersion: "spire.spiffe.io/v1alpha1",
        kind: "ClusterStaticEntry",
        metadata: { name: "e" },
        spec: { ...spec, selectors },
      },
    },
  });
  const taken = (selectors: readonly string[]) =>
    radiusOf(entry(selectors)).reached.find(({ kind, target }) => kind === "identity" && target === "clerk");
  expect(taken(spec.selectors)).toMatchObject({ hop: 0 });
  expect(taken(spec.selectors)?.unknown).toBeUndefined();
  expect(taken([...spec.selectors, "unix:uid:1000"])?.unknown).toMatch(/known only where they run/);
  expect(taken(["k8s:ns:elsewhere"])).toBeUndefined();
});
