import type { KubeObject } from "../spire/kube-client";
import { ADDRESSES } from "./addresses";
import { hardened } from "./hardened";
import { referenceOf } from "./images";
import { COURIER_HOST, MODEL, TOOL_HOSTS, WITNESS_HOST } from "./tools/hosts";

const NAME = { name: "coredns", namespace: "kube-system" };
/** Labels by which network policies select the cluster's DNS */
const LABELS = { "k8s-app": "kube-dns" };
/** Where a suite may have something that stands in for AWS: else nothing answers there */
const COREFILE = `.:53 {
  errors
  ready
  template IN A amazonaws.com {
    answer "{{ .Name }} 5 IN A ${ADDRESSES.vpcEndpoint}"
  }
  template IN AAAA amazonaws.com {
    rcode NOERROR
  }
  hosts {
    ${ADDRESSES.outside} login.acme.example ${WITNESS_HOST}
    ${ADDRESSES.tools} ${[...TOOL_HOSTS, MODEL, COURIER_HOST].join(" ")}
    fallthrough
  }
  kubernetes cluster.local in-addr.arpa ip6.arpa
  cache 5
}
`;

/** The cluster's DNS: CoreDNS as clusters have it, of names from outside with those of AWS, the users' login and some tools alone */
export const COREDNS: readonly KubeObject[] = [
  { apiVersion: "v1", kind: "ServiceAccount", metadata: NAME },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "coredns" },
    rules: [
      { apiGroups: [""], resources: ["endpoints", "services", "pods", "namespaces"], verbs: ["list", "watch"] },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
    ],
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "coredns" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "coredns" },
    subjects: [{ kind: "ServiceAccount", ...NAME }],
  },
  { apiVersion: "v1", kind: "ConfigMap", metadata: NAME, data: { Corefile: COREFILE } },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: NAME,
    spec: {
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: hardened(
          {
            name: "coredns",
            image: referenceOf("coredns"),
            args: ["-conf", "/etc/coredns/Corefile"],
            volumeMounts: [{ name: "config", mountPath: "/etc/coredns" }],
            readinessProbe: { httpGet: { port: 8181, path: "/ready" }, periodSeconds: 1 },
          },
          {
            serviceAccountName: "coredns",
            automountServiceAccountToken: true,
            // Its port is below 1024, and it is not root.
            sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "53" }],
            dnsPolicy: "Default",
            volumes: [{ name: "config", configMap: { name: "coredns" } }],
          },
        ),
      },
    },
  },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "kube-dns", namespace: "kube-system" },
    spec: {
      clusterIP: ADDRESSES.dns,
      selector: LABELS,
      ports: [
        { name: "dns", port: 53, protocol: "UDP" },
        { name: "dns-tcp", port: 53, protocol: "TCP" },
      ],
    },
  },
];
