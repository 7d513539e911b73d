import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { deployed, fleetOf, toolAt } from "../../support/deployed-gateway";
import { waysOf } from "../../support/spire";

test("agents come in at one port; DNS, exchange, AWS, agents that serve, the port of public tools and the collector are reached, and nothing private", () => {
  const policy = deployed().template.only(NetworkPolicyV1);
  expect(waysOf(policy)).toEqual({
    in: ["undefined[ambit.internal/managed=true] TCP/8443"],
    out: [
      "kube-system[k8s-app=kube-dns] UDP/53",
      "kube-system[k8s-app=kube-dns] TCP/53",
      "ambit-system[app.kubernetes.io/name=ambit-exchange] TCP/8443",
      "10.0.16.0/24 TCP/443",
      "10.0.17.0/24 TCP/443",
      "undefined[ambit.internal/managed=true] TCP/7465",
      "0.0.0.0/0 TCP/443",
      "ambit-system[app.kubernetes.io/name=ambit-collector] TCP/4318",
    ],
  });
  const { spec } = policy as { spec: { egress: { to: { ip_block?: { cidr: string; except?: string[] } }[] }[] } };
  const open = spec.egress.flatMap(({ to }) => to).find(({ ip_block }) => ip_block?.cidr === "0.0.0.0/0")?.ip_block;
  expect(open?.except).toEqual(
    expect.arrayContaining(["10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"]),
  );
});

test("a tool on a private address is reached in the ranges that are written, at its own port, and no public one is", () => {
  const fleet = fleetOf(toolAt("crm.acme.internal:9443", { reason: "it is in our data centre" }));
  const { template } = deployed({ fleet, privateCidrs: ["10.8.0.0/16"] });
  const { out } = waysOf(template.only(NetworkPolicyV1));
  expect(out.slice(5, -1)).toEqual(["10.8.0.0/16 TCP/9443"]);
});
