import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { Fleet, type PlatformProps } from "../../../constructs";
import { OpaDeployment, type OpaDeploymentProps } from "../../../constructs/decision";
import { facts } from "../../../fleet/platform";
import { waysOf } from "../../support/spire";
import { newStack, platformWith, Template } from "../../support/synth";

/** Its network policy */
function policyOf(changes: Partial<OpaDeploymentProps> = {}, platform: Partial<PlatformProps> = {}) {
  const stack = newStack(platformWith(platform));
  new OpaDeployment(stack, "Opa", { fleet: Fleet.of(), ...changes });
  return Template.of(stack).only(NetworkPolicyV1);
}

test("only the gateway's pods reach it, and it reaches DNS and AWS", () => {
  const policy = policyOf();
  expect(waysOf(policy)).toEqual({
    in: ["ambit-system[app.kubernetes.io/name=ambit-gateway] TCP/8181"],
    out: [
      "kube-system[k8s-app=kube-dns] UDP/53",
      "kube-system[k8s-app=kube-dns] TCP/53",
      "10.0.16.0/24 TCP/443",
      "10.0.17.0/24 TCP/443",
    ],
  });
  expect(policy).toMatchObject({
    spec: {
      pod_selector: { match_labels: { "app.kubernetes.io/name": "ambit-opa", "app.kubernetes.io/part-of": "ambit" } },
      policy_types: ["Ingress", "Egress"],
    },
  });
});

test("monitoring reads metrics where the platform names it, and with a mounted bundle OPA has no egress", () => {
  const monitoring = { namespace: "monitoring", podLabels: { app: "prometheus" } };
  const delivery = { configMap: { reason: "No bucket" } };
  const policy = policyOf({ delivery }, { cluster: { ...facts.cluster, monitoring } });
  expect(waysOf(policy)).toEqual({
    in: ["ambit-system[app.kubernetes.io/name=ambit-gateway] TCP/8181", "monitoring[app=prometheus] TCP/8282"],
    out: [],
  });
});
