import { type ClusterProps, Platform, type PlatformProps } from "../../../constructs";
import { facts } from "../../../fleet/platform";
import { fails, NUMBER_TOKEN, TOKEN, untyped } from "../../support/domain";

const build = (changes: Partial<PlatformProps>) => () => new Platform({ ...facts, ...changes });
const cluster = (changes: Partial<ClusterProps>) => build({ cluster: { ...facts.cluster, ...changes } });

test("by default the group of deployers deploys, and system pods may mount host folders", () => {
  const platform = build({})();
  expect(platform.deployers).toEqual({ users: [], groups: ["ambit:deployers"] });
  expect(platform.hostPathNamespaces).toEqual(["kube-system"]);
  expect(platform.cluster.monitoring).toBeUndefined();
});

test("deployers can be named, and then no others may deploy", () => {
  const users = ["arn:aws:iam::111122223333:role/deploy"];
  expect(cluster({ deployers: { users } })().deployers).toEqual({ users, groups: [] });
  expect(cluster({ deployers: { groups: ["platform"] } })().deployers).toEqual({ users: [], groups: ["platform"] });
  expect(cluster({ hostPathNamespaces: [] })().hostPathNamespaces).toEqual([]);
});

test.each(["prod.acme.example", "example.acme", "example.org.acme", "myexample.org", "examples.com"])(
  "trust domain %s is a name of one's own",
  (trustDomain) => expect(build({ trustDomain })().trustDomain.name).toBe(trustDomain),
);

for (const trustDomain of ["example.org", "example.com", "example.net", "x.example.com", "a.b.example.org"]) {
  fails(
    `the trust domain is the example ${trustDomain}`,
    build({ trustDomain }),
    "trust-domain.example",
    `platform: trustDomain must be a name of your own, got the example "${trustDomain}": ` +
      "write one that says cluster and environment",
  );
}
for (const [trustDomain, bare] of [
  ["Prod.acme.example", "prod.acme.example"],
  ["prod.acme.example:8081", "prod.acme.example"],
  ["EXAMPLE.ORG", "example.org"],
] as const) {
  fails(
    `the trust domain is ${trustDomain}`,
    build({ trustDomain }),
    "trust-domain.malformed",
    "platform: trustDomain must be a bare lower-case name without scheme, port or path, " +
      `got "${trustDomain}": write "${bare}"`,
  );
}

fails(
  "the cluster is the example",
  cluster({ name: "example-cluster" }),
  "platform.malformed",
  'platform: cluster.name must be that of the cluster, got the example "example-cluster"',
);
for (const name of ["-prod", "prod.west", "prod/west", "x".repeat(101)]) {
  fails(
    `the cluster is called "${name}"`,
    cluster({ name }),
    "platform.malformed",
    `platform: cluster.name must be 1 to 100 letters, digits, dashes and underscores, got "${name}"`,
  );
}
for (const nodes of [0, -1, 1.5, Number.NaN, NUMBER_TOKEN]) {
  fails(
    `the cluster has ${nodes} nodes`,
    cluster({ nodes }),
    "platform.malformed",
    `platform: cluster.nodes must be a whole number above zero, got ${nodes}`,
  );
}
for (const property of ["nodeCidrs", "apiServerCidrs"] as const) {
  fails(
    `${property} is empty, which Kubernetes reads as every peer`,
    cluster({ [property]: [] }),
    "platform.malformed",
    `platform: cluster.${property} must name at least one range, got []`,
  );
  fails(
    `${property} is the internet`,
    cluster({ [property]: ["10.0.0.0/16", "0.0.0.0/0"] }),
    "platform.malformed",
    `platform: cluster.${property} must not hold ranges broader than /8, got "0.0.0.0/0": name the ranges`,
  );
  for (const cidr of ["10.0.0.0", "10.0.0/16", "2001:db8::/32", TOKEN]) {
    fails(
      `${property} holds ${cidr}`,
      cluster({ [property]: [cidr] }),
      "platform.malformed",
      `platform: cluster.${property} must hold ranges such as "10.0.16.0/24", got "${cidr}"`,
    );
  }
}

for (const none of [{}, { users: [] }, { users: [], groups: [] }]) {
  fails(
    `there are no deployers: ${JSON.stringify(none)}`,
    cluster({ deployers: none }),
    "platform.malformed",
    "platform: cluster.deployers must name at least one user or group, got none",
  );
}
for (const name of ["system:anonymous", "system:authenticated", "system:serviceaccounts", "system:unauthenticated"]) {
  for (const kind of ["users", "groups"] as const) {
    fails(
      `${kind} that deploy include all users: "${name}"`,
      cluster({ deployers: { [kind]: ["platform", name] } }),
      "platform.malformed",
      `platform: cluster.deployers must not include every user or service account, got "${name}": name the users or groups that deploy the platform`,
    );
  }
}
for (const [property, changes] of [
  ["deployers", { deployers: { groups: [TOKEN] } }],
  ["monitoring.namespace", { monitoring: { namespace: TOKEN, podLabels: { app: "prometheus" } } }],
  ["monitoring.podLabels.app", { monitoring: { namespace: "monitoring", podLabels: { app: TOKEN } } }],
] as const) {
  fails(
    `${property} is known at apply only`,
    cluster(changes),
    "token",
    `platform: cluster.${property} must be a plain string known at synth, got the Terraform token "${TOKEN}": ` +
      "write the string itself",
  );
}
fails(
  "any pod may read the metrics",
  cluster({ monitoring: { namespace: "monitoring", podLabels: {} } }),
  "platform.malformed",
  "platform: cluster.monitoring.podLabels must name at least one label of the pods that read metrics, got {}",
);
for (const address of [
  "collector:4318",
  "http://collector",
  "http://collector:80",
  "http://collector:4318/",
  "http://collector:4318/v1/traces",
  "grpc://collector:4317",
  "http://collector:99999",
]) {
  fails(
    `a collector is at ${address}`,
    cluster({ collector: { address, namespace: "monitoring", podLabels: { app: "c" } } }),
    "platform.malformed",
    "platform: cluster.collector.address must be an http or https origin with a port that is not the usual one, " +
      `got "${address}": write one such as "http://ambit-collector.monitoring.svc:4318"`,
  );
}
fails(
  "the collector is another word",
  cluster({ collector: untyped("adot") }),
  "platform.malformed",
  'platform: cluster.collector must be "deployed" or pods, got "adot": write "deployed", or { address, namespace, podLabels } of your own',
);
fails(
  "any pod may be the collector",
  cluster({ collector: { address: "http://collector:4318", namespace: "monitoring", podLabels: {} } }),
  "platform.malformed",
  "platform: cluster.collector.podLabels must name at least one label of the collector's pods, got {}",
);
for (const name of ["Kube-System", "kube_system", "*"]) {
  test(`fails when pods of namespace "${name}" may mount host folders`, () => {
    expect(cluster({ hostPathNamespaces: [untyped(name)] })).toThrow(
      "platform: cluster.hostPathNamespaces must be lower-case letters, digits and inner hyphens",
    );
  });
}
for (const [property, changes] of [
  ["name", { name: "" }],
  ["deployers", { deployers: { users: [""] } }],
  ["hostPathNamespaces", { hostPathNamespaces: [""] }],
] as const) {
  fails(
    `${property} is empty`,
    cluster(changes),
    "name.malformed",
    `platform: cluster.${property} must be a non-empty string, got ""`,
  );
}
