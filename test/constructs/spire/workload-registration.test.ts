import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import {
  Federation,
  SpireServer,
  WorkloadRegistration,
  type WorkloadRegistrationProps,
} from "../../../constructs/spire";
import { fails } from "../../support/domain";
import { newStack, Template } from "../../support/synth";

const register = (props: WorkloadRegistrationProps = {}, stack = newStack()) =>
  new WorkloadRegistration(stack, "Registration", props);

interface ClusterSpiffeId {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

function registered(props: WorkloadRegistrationProps = {}): readonly ClusterSpiffeId[] {
  const stack = newStack();
  register(props, stack);
  return Template.of(stack)
    .all(Manifest)
    .map(({ manifest }) => manifest as ClusterSpiffeId);
}

const ACTIVE = { "ambit.internal/managed": "true", "ambit.internal/state": "active" };
const SELECTED = ["k8s:ns:{{ .PodMeta.Namespace }}", "k8s:sa:{{ .PodSpec.ServiceAccountName }}"];
const COMMON = {
  className: "ambit",
  spiffeIDTemplate: "spiffe://{{ .TrustDomain }}/ns/{{ .PodMeta.Namespace }}/sa/{{ .PodSpec.ServiceAccountName }}",
  ttl: "1h",
  jwtTtl: "5m",
};
const inNamespaces = (purpose: string) => ({ matchLabels: { "ambit.internal/namespace": purpose } });

test("WorkloadRegistration has one ClusterSPIFFEID per class of pods, and no right beyond an ID", () => {
  expect(registered()).toEqual([
    {
      apiVersion: "spire.spiffe.io/v1alpha1",
      kind: "ClusterSPIFFEID",
      metadata: { name: "ambit-agent-containers" },
      spec: {
        ...COMMON,
        namespaceSelector: inNamespaces("agents"),
        podSelector: { matchLabels: { ...ACTIVE, "ambit.internal/svid": "agent-container" } },
        workloadSelectorTemplates: [...SELECTED, "k8s:container-name:agent"],
      },
    },
    {
      apiVersion: "spire.spiffe.io/v1alpha1",
      kind: "ClusterSPIFFEID",
      metadata: { name: "ambit-companions" },
      spec: {
        ...COMMON,
        namespaceSelector: inNamespaces("agents"),
        podSelector: { matchLabels: ACTIVE },
        workloadSelectorTemplates: [...SELECTED, "k8s:container-name:companion"],
      },
    },
    {
      apiVersion: "spire.spiffe.io/v1alpha1",
      kind: "ClusterSPIFFEID",
      metadata: { name: "ambit-components" },
      spec: {
        ...COMMON,
        namespaceSelector: inNamespaces("platform"),
        podSelector: { matchExpressions: [{ key: "ambit.internal/component", operator: "Exists" }] },
        workloadSelectorTemplates: SELECTED,
      },
    },
  ]);
});

/** Whether a selector of `matchLabels` and `Exists` takes a pod */
function selects(selector: unknown, labels: Readonly<Record<string, string>>): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector as {
    matchLabels?: Readonly<Record<string, string>>;
    matchExpressions?: readonly { key: string; operator: string }[];
  };
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator }) => operator === "Exists" && key in labels)
  );
}

test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
  ["an active agent", ACTIVE, ["ambit-companions"]],
  [
    "an active agent whose own container calls STS",
    { ...ACTIVE, "ambit.internal/svid": "agent-container" },
    ["ambit-agent-containers", "ambit-companions"],
  ],
  ["a suspended agent", { ...ACTIVE, "ambit.internal/state": "suspended" }, []],
  [
    "a suspended agent whose own container calls STS",
    { ...ACTIVE, "ambit.internal/state": "suspended", "ambit.internal/svid": "agent-container" },
    [],
  ],
  ["a pod without a state", { "ambit.internal/managed": "true" }, []],
  ["an undeclared pod", {}, []],
])("in agent namespaces, %s is selected by the classes that are for it", (_, labels, expected) => {
  const classes = registered().filter(({ spec }) =>
    selects(spec.namespaceSelector, { "ambit.internal/namespace": "agents" }),
  );
  const names = classes.filter(({ spec }) => selects(spec.podSelector, labels)).map(({ metadata }) => metadata.name);
  expect(names).toEqual(expected);
});

test("workloads get the bundles of the trust domains they federate with, and of no others", () => {
  const foreign = ["partner.example", "other.example"];
  for (const { spec } of registered({ federatesWith: foreign })) expect(spec.federatesWith).toEqual(foreign);
  for (const { spec } of registered()) expect(spec).not.toHaveProperty("federatesWith");
});

test("it is made when the servers answer, whose webhook checks it", () => {
  const stack = newStack();
  const { ready } = SpireServer.embedded(stack, "Server");
  const federation = new Federation(stack, "Federation", {
    trustDomain: "partner.example",
    bundleEndpointUrl: "https://spire.partner.example:8443",
    endpoint: { profile: "https_web" },
    after: ready,
  });
  register({ after: [...ready, ...federation.ready] }, stack);
  const resources = Template.of(stack).all(Manifest);
  expect(resources).toHaveLength(4);
  for (const { depends_on } of resources) {
    expect((depends_on as readonly string[])[0]).toMatch(/^kubernetes_stateful_set_v1\.Server_/);
  }
});

fails(
  "it federates with oneself",
  () => register({ federatesWith: ["partner.example", "prod.acme.example"] }),
  "federation.self",
  '[test/Registration]: trustDomain "prod.acme.example" is the platform\'s own: ' +
    "leave it out: its own bundle is trusted anyway",
);
fails(
  "it federates with a URL",
  () => register({ federatesWith: ["spiffe://partner.example"] }),
  "trust-domain.malformed",
  "[test/Registration]: trustDomain must be a bare lower-case name without scheme, port or path, " +
    'got "spiffe://partner.example": write "partner.example"',
);
