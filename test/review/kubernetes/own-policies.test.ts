import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import { AdmissionPolicies } from "../../../constructs/admission";
import { Cluster } from "../../../review/reach/kubernetes/cluster";
import { ObjectReader } from "../../../review/reach/kubernetes/objects/object";
import { selectorKeys } from "../../../review/reach/kubernetes/selector-keys";
import type { JsonObject } from "../../../review/read/json";
import { estateOf } from "../../support/review/estate-of";
import { newStack, Template } from "../../support/synth";

test("a review knows each admission policy of the constructs that names the label of an agent's state", () => {
  const stack = newStack();
  new AdmissionPolicies(stack, "Admission");
  const policies = Template.of(stack)
    .all(Manifest)
    .map(({ manifest }, index) => [`kubernetes_manifest.p${index}`, { manifest: manifest as JsonObject }] as const);
  const unknown = policies.filter(([address, values]) => {
    const cluster = new Cluster(estateOf({ [address]: values }), new ObjectReader());
    return !selectorKeys([cluster]).isStateEvaluated;
  });
  expect(policies.length).toBeGreaterThan(20);
  expect(unknown.map(([, { manifest }]) => (manifest["metadata"] as JsonObject)["name"])).toEqual([]);
});
