import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import type { BundleEndpointProps } from "../../../constructs/spire/spire-server-props";
import { facts } from "../../../fleet/platform";
import { embeddedWith, SERVER_LABELS, serverWith, upstreamSpire, waysOf } from "../../support/spire";
import { platformWith, type Template } from "../../support/synth";

describe("the network policy", () => {
  const AGENTS = "spire-system[app.kubernetes.io/name=spire-agent,app.kubernetes.io/part-of=spire] TCP/8081";
  const DNS = ["kube-system[k8s-app=kube-dns] UDP/53", "kube-system[k8s-app=kube-dns] TCP/53"];
  const API_SERVER = ["10.0.0.0/24 TCP/443", "172.20.0.1/32 TCP/443"];
  const WEBHOOK = ["10.0.0.0/24 TCP/9443", "172.20.0.1/32 TCP/9443"];
  const policyOf = (template: Template) => template.only(NetworkPolicyV1);

  test("lets agents and the API server in, and out to DNS, API server, database and AWS", () => {
    const policy = policyOf(serverWith());
    expect(policy.spec).toMatchObject({
      pod_selector: { match_labels: SERVER_LABELS },
      policy_types: ["Ingress", "Egress"],
    });
    expect(waysOf(policy)).toEqual({
      in: [AGENTS, ...WEBHOOK],
      out: [...DNS, ...API_SERVER, "10.0.48.0/24 TCP/5432", "10.0.16.0/24 TCP/443", "10.0.17.0/24 TCP/443"],
    });
  });

  test("opens neither database nor AWS where there is none", () => {
    expect(waysOf(policyOf(embeddedWith()))).toEqual({
      in: [AGENTS, ...WEBHOOK],
      out: [...DNS, ...API_SERVER],
    });
  });

  test("opens more where it was written", () => {
    const monitoring = { namespace: "monitoring", podLabels: { app: "prometheus" } };
    const platform = platformWith({ cluster: { ...facts.cluster, monitoring } });
    const template = serverWith(
      {
        database: "sqlite",
        size: { replicas: 1, cpu: "1", memory: "1Gi" },
        bundleEndpoint: { profile: "https_spiffe", fromCidrs: ["10.9.0.0/16"] },
        federationCidrs: ["10.8.0.0/16"],
        upstreamAuthority: upstreamSpire,
      },
      platform,
    );
    expect(waysOf(policyOf(template))).toEqual({
      in: [
        AGENTS,
        ...WEBHOOK,
        "monitoring[app=prometheus] TCP/9988",
        "monitoring[app=prometheus] TCP/8082",
        "10.9.0.0/16 TCP/8443",
      ],
      out: [
        ...DNS,
        ...API_SERVER,
        "10.0.16.0/24 TCP/443",
        "10.0.17.0/24 TCP/443",
        "10.8.0.0/16 TCP/443",
        "10.8.0.0/16 TCP/8443",
        "* TCP/8081",
      ],
    });
  });
});

describe("the bundle endpoint", () => {
  const serviceOf = (bundleEndpoint?: BundleEndpointProps) =>
    serverWith(bundleEndpoint && { bundleEndpoint })
      .all(ServiceV1)
      .find(({ metadata }) => (metadata as { name: string }).name === "spire-server-bundle");
  const fromCidrs = ["10.9.0.0/16"];

  test("is served to those named alone, by a load balancer that is not of the internet", () => {
    expect(serviceOf({ profile: "https_spiffe", fromCidrs })).toMatchObject({
      metadata: {
        namespace: "spire-server",
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "preserve_client_ip.enabled=true",
        },
      },
      spec: {
        type: "LoadBalancer",
        load_balancer_source_ranges: fromCidrs,
        port: [{ name: "federation", port: 443, target_port: "8443", protocol: "TCP" }],
      },
    });
  });

  test("has the configured load balancer", () => {
    const loadBalancer = { "acme.example/lb": "partners" };
    expect(serviceOf({ profile: "https_spiffe", fromCidrs, loadBalancer })).toMatchObject({
      metadata: { annotations: loadBalancer },
    });
  });

  test("is not served by default", () => expect(serviceOf()).toBeUndefined());
});
