import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Fleet } from "../../constructs";
import type { AgentClass } from "../../constructs/agent/agent";
import type { SpireProps } from "../../constructs/spire/spire";
import { fleet as exampleFleet } from "../../fleet";
import { spire as exampleSpire } from "../../fleet/spire";
import { exchange } from "../../fleet/exchange";
import { AgentsStack, ControlStack, FoundationStack, SpireStack, TrustStack } from "../../stacks";
import { define } from "../support/agents";
import { synthesized, testApp } from "../support/app";
import { depth } from "../support/depth";
import { fails } from "../support/domain";
import { type Resources, resourcesOf } from "../support/example-app";
import { bucketPublisher, privateCa } from "../support/spire";
import { platformWith } from "../support/synth";

const BEFORE_AGENTS = ["foundation", "spire", "trust", "control"];
const ALL = [...BEFORE_AGENTS, "agents"];

/** The stacks of an app with this fleet and this SPIRE, by name */
function appWith(
  fleet: Fleet<AgentClass>,
  spire: SpireProps = exampleSpire,
  names = ALL,
): Readonly<Record<string, Resources>> {
  const app = testApp();
  const props = { platform: platformWith(), fleet };
  new FoundationStack(app, "foundation", props);
  new SpireStack(app, "spire", { ...props, spire });
  new TrustStack(app, "trust", props);
  new ControlStack(app, "control", { ...props, exchange, gateway: {} });
  if (names.includes("agents")) new AgentsStack(app, "agents", props);
  return synthesized(app, (outdir) => {
    const text = (id: string) => readFileSync(join(outdir, "stacks", id, "cdk.tf.json"), "utf8");
    return Object.fromEntries(names.map((id) => [id, resourcesOf(text(id))]));
  });
}

/** The app of the example, looked at by several tests */
const example = appWith(exampleFleet);

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const manifestsIn = (stacks: Readonly<Record<string, Resources>>): readonly Manifest[] =>
  Object.values(stacks).flatMap(({ kubernetes_manifest = {} }) =>
    Object.values(kubernetes_manifest).map(({ manifest }) => manifest as Manifest),
  );
const ofKind = (stacks: Readonly<Record<string, Resources>>, kind: string) =>
  manifestsIn(stacks)
    .filter((manifest) => manifest.kind === kind)
    .map(({ metadata }) => metadata.name);

const agents = (count: number) =>
  Fleet.of(
    ...Array.from({ length: count }, (_, index) =>
      define(`agent-${index}`, { workload: { namespace: `team-${index % 10}` } }),
    ),
  );
const SIZE = { replicas: 4, cpu: "16", memory: "16Gi" };
const CLASSES = ["ambit-agent-containers", "ambit-companions", "ambit-components"];

test("there are three ClusterSPIFFEIDs, whether there are 10 agents or 200 in the whole app", () => {
  for (const app of [appWith(agents(10)), appWith(agents(200)), example]) {
    expect(ofKind(app, "ClusterSPIFFEID")).toEqual(CLASSES);
    expect(manifestsIn({ agents: app.agents as Resources })).toEqual([]);
  }
});

const MANY = depth(10_000, 1_001);

test(`${MANY} agents in the same namespaces change nothing in the stacks before theirs but two limits of memory`, () => {
  const stacks = (count: number) => {
    const app = appWith(agents(count), { ...exampleSpire, size: SIZE }, BEFORE_AGENTS);
    expect(ofKind(app, "ClusterSPIFFEID")).toEqual(CLASSES);
    const ofControllerManager = /"cpu":"(100|500)m","memory":"(256|384|1408)Mi"/g;
    const ofOpa = /"cpu":"1","memory":"(192|320)Mi"/g;
    return JSON.stringify(app).replaceAll(ofControllerManager, '"…"').replaceAll(ofOpa, '"…"');
  };
  expect(stacks(MANY)).toBe(stacks(10));
});

describe("the order in which SPIRE starts", () => {
  const spire = example.spire as Resources;
  const short = (address: string) => address.replace(/_[0-9A-F]{8}$/, "");
  const waits = new Map(
    Object.entries(spire).flatMap(([type, resources]) =>
      Object.entries(resources).map(([name, { depends_on }]) => [
        short(`${type}.${name}`),
        ((depends_on ?? []) as readonly string[]).map(short),
      ]),
    ),
  );
  const allBefore = (address: string, seen = new Set<string>()): ReadonlySet<string> => {
    expect([address, waits.has(address)]).toEqual([address, true]);
    for (const next of waits.get(address) ?? []) if (!seen.has(next)) allBefore(next, seen.add(next));
    return seen;
  };
  const SERVERS = "kubernetes_stateful_set_v1.Spire_Server";

  test("servers come after the webhook's configuration, which their neighbour asks for, and after all else of theirs", () => {
    expect([...allBefore(SERVERS)]).toEqual(
      expect.arrayContaining([
        "kubernetes_validating_webhook_configuration_v1.Spire_Server_ControllerManager_Webhook",
        "kubernetes_service_v1.Spire_Server_ControllerManager_Service",
        "kubernetes_config_map_v1.Spire_Server_ControllerManager_Config",
        "kubernetes_config_map_v1.Spire_Server_Config",
        "kubernetes_config_map_v1.Spire_Server_Bundle",
        "kubernetes_service_account_v1.Spire_Server_Account",
        "kubernetes_cluster_role_binding_v1.Spire_Server_Rights_Binding",
        "kubernetes_cluster_role_binding_v1.Spire_Server_ControllerManager_Rights_Binding",
        "kubernetes_role_binding_v1.Spire_Server_BundleRights_Binding",
        "kubernetes_role_binding_v1.Spire_Server_ControllerManager_Election_Binding",
        "kubernetes_network_policy_v1.Spire_Server_Network",
        "kubernetes_job_v1.Spire_Database_Setup",
      ]),
    );
  });

  test.each([
    "kubernetes_daemon_set_v1.Spire_Agent",
    "kubernetes_daemon_set_v1.Spire_CsiDriver",
    "kubernetes_deployment_v1.Spire_Oidc",
    "kubernetes_manifest.Spire_Registration_ambit-agent-containers",
    "kubernetes_manifest.Spire_Registration_ambit-companions",
    "kubernetes_manifest.Spire_Registration_ambit-components",
  ])("%s comes after the servers", (address) => {
    expect([...allBefore(address)]).toContain(SERVERS);
  });

  test("the discovery provider, which needs an SVID, comes after driver and registration", () => {
    expect([...allBefore("kubernetes_deployment_v1.Spire_Oidc")]).toEqual(
      expect.arrayContaining([
        "kubernetes_daemon_set_v1.Spire_CsiDriver",
        "kubernetes_daemon_set_v1.Spire_Agent",
        "kubernetes_manifest.Spire_Registration_ambit-components",
      ]),
    );
  });

  test("nothing waits for itself", () => {
    for (const address of waits.keys()) expect([...allBefore(address)]).not.toContain(address);
  });
});

test("kinds and namespaces of SPIRE are applied before what needs them, in the foundation", () => {
  const { foundation, spire } = example as { foundation: Resources; spire: Resources };
  expect(ofKind({ foundation }, "CustomResourceDefinition")).toHaveLength(3);
  expect(ofKind({ spire }, "CustomResourceDefinition")).toEqual([]);
  const namespaces = (stack: Resources) =>
    Object.values(stack.kubernetes_namespace_v1 ?? {}).map(({ metadata }) => (metadata as { name: string }).name);
  expect(namespaces(foundation)).toEqual(["spire-server", "spire-system"]);
  const used = Object.values(spire).flatMap((resources) =>
    Object.values(resources).map(({ metadata }) => (metadata as { namespace?: string } | undefined)?.namespace),
  );
  const known = [...namespaces(foundation), ...namespaces(spire), undefined];
  expect(used.filter((namespace) => !known.includes(namespace))).toEqual([]);
});

describe("Spire", () => {
  const only = (spire: SpireProps) => appWith(exampleFleet, spire, ["spire"]).spire as Resources;
  const configOf = (resources: Resources) => {
    const files = Object.values(resources.kubernetes_config_map_v1 ?? {}).map(({ data }) => data as object | undefined);
    const file = files.find((data) => data !== undefined && "server.conf" in data) as { "server.conf": string };
    return JSON.parse(file["server.conf"]);
  };
  const embedded: SpireProps = { database: "embedded", oidc: exampleSpire.oidc };

  test("embedded needs nothing of AWS", () => {
    expect(Object.keys(only(embedded)).filter((type) => type.startsWith("aws_"))).toEqual([]);
  });

  test("is one trust domain with several others, each by name", () => {
    const federation = ["a.example", "b.example"].map((trustDomain) => ({
      trustDomain,
      bundleEndpointUrl: `https://spire.${trustDomain}`,
      endpoint: { profile: "https_web" } as const,
    }));
    const spire = only({ ...embedded, federation, federationCidrs: ["10.8.0.0/16"] });
    expect(ofKind({ spire }, "ClusterFederatedTrustDomain")).toEqual(["a.example", "b.example"]);
    for (const manifest of manifestsIn({ spire }).filter(({ kind }) => kind === "ClusterSPIFFEID")) {
      expect(manifest).toMatchObject({ spec: { federatesWith: ["a.example", "b.example"] } });
    }
  });

  test("passes lifetimes to servers and registrations alike", () => {
    const spire = only({ ...embedded, lifetimes: { x509Svid: "30m" } });
    expect(configOf(spire).server.default_x509_svid_ttl).toBe("30m");
    for (const manifest of manifestsIn({ spire }).filter(({ kind }) => kind === "ClusterSPIFFEID")) {
      expect(manifest).toMatchObject({ spec: { ttl: "30m", jwtTtl: "5m" } });
    }
  });

  test("publishes the keys of JWT-SVIDs to the bucket, where no provider runs", () => {
    const spire = only({
      ...exampleSpire,
      upstreamAuthority: privateCa,
      oidc: {
        certificate: "arn:aws:acm:us-east-1:111122223333:certificate/0e0e0e0e-0000-4000-8000-000000000003",
      },
    });
    expect(spire.kubernetes_deployment_v1).toBeUndefined();
    const publishers = configOf(spire).plugins.BundlePublisher as readonly object[];
    expect(publishers.map((block) => Object.keys(block)[0])).toEqual(["k8s_configmap", "aws_s3"]);
    expect(publishers[1]).toMatchObject({ aws_s3: { plugin_data: { format: "jwks", region: "eu-central-1" } } });
  });

  const certificate = "arn:aws:acm:us-east-1:111122223333:certificate/0e0e0e0e-0000-4000-8000-000000000003";
  fails(
    "an embedded server should write to a bucket",
    () => only({ ...embedded, oidc: { certificate } }),
    "spire.malformed",
    `[spire/Spire]: oidc.certificate needs a role in AWS, got database "embedded", which has none: ` +
      'write oidc: { certificateSecret: "…" }, or name a database',
  );
  fails(
    "it federates with endpoints that the servers cannot reach",
    () =>
      only({
        ...embedded,
        federation: [
          {
            trustDomain: "a.example",
            bundleEndpointUrl: "https://spire.a.example",
            endpoint: { profile: "https_web" },
          },
        ],
      }),
    "spire.malformed",
    "[spire/Spire]: federationCidrs must name where the bundle endpoints of federation answer, got none: " +
      "the servers reach no address that is not named",
  );
  fails(
    "an embedded server should publish to a bucket",
    () => only({ ...embedded, publishers: [bucketPublisher] }),
    "spire.malformed",
    "[spire/Spire/Server]: role must be given with aws_s3, which the servers reach through it: " +
      "write role: new SpireServerRole(…)",
  );
  fails(
    "an embedded server should be two",
    () => only({ ...embedded, size: { ...SIZE, replicas: 2 } }),
    "spire.unsafe",
    '[spire/Spire/Server]: size.replicas must be 1 with "sqlite", got 2, because each would have a file of its own: ' +
      "name a database",
  );
  fails(
    "there are more agents than were measured, and no size is configured",
    () => appWith(agents(10_001), exampleSpire, ["spire"]),
    "spire.too-large",
    "[spire/Spire/Server]: SPIRE gives no size for 10001 workloads on 40 nodes (at most 10000 on 5000): " +
      "write size after a load test, or split the trust domain",
  );
});
