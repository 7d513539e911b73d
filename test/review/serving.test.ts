import { Agent, Fleet, Serve } from "../../constructs";
import type { AgentClass } from "../../constructs/agent/agent";
import { fleet } from "../../fleet";
import { claude } from "../../fleet/tools";
import type { Json } from "../../review/read/json";
import { ReadCache } from "../../review/read/folder/folder";
import type { Estate } from "../../review/read/resource";
import type { Review } from "../../review/review";
import { resourcesOf, synthesize } from "../support/example-app";
import { estateOf, type Files, filesOf, withEdits } from "../support/review/folders";
import { reviewed } from "../support/review/reviewed";
import { synthesizeAnew } from "../support/synthesize";

const AGENTS = "stacks/agents/cdk.tf.json";
const CONTROL = "stacks/control/cdk.tf.json";
const GATEWAY =
  "pods with app.kubernetes.io/name=ambit-gateway in namespaces with kubernetes.io/metadata.name=ambit-system";

const DESK = {
  owner: "support@acme.example",
  purpose: "Answers questions of colleagues",
  expires: "2027-06-30",
  workload: { namespace: "research" },
  clients: ["desk-web"],
  tasks: { answer: { startedBy: "user", tools: [claude.allow("ask")] } },
} as const;
const serves = Serve.http({
  port: 8_080,
  paths: ["/chat"],
  tasks: ["answer"],
  sensitivity: "internal",
  clearance: "internal",
});

const once = new ReadCache();
const filesWith = (...more: readonly AgentClass[]): Files =>
  filesOf(synthesizeAnew(Fleet.of(...(fleet.members as readonly AgentClass[]), ...more).startedBy(...fleet.starters)));
const estate = (files: Files): Estate => estateOf(files, once);

const SERVING = filesWith(Agent.define("desk", { ...DESK, serves }));
const PLAIN = filesWith(Agent.define("desk", DESK));
const WITHOUT = estate(filesOf(synthesize()));

/** Path of the resource of a type whose name begins so */
function placeOf(files: Files, file: string, type: string, name: string): string {
  const found = Object.keys(resourcesOf(String(files[file]))[type] ?? {}).filter((key) => key.startsWith(name));
  expect(found).toHaveLength(1);
  return `resource/${type}/${found[0]}`;
}

function edited(files: Files, file: string, type: string, name: string, path: string, set: Json): Estate {
  return estate(withEdits(files, [{ file, at: `${placeOf(files, file, type, name)}/${path}`, set }]));
}

/** What the declaration says of it by itself (test/review/declared) */
const DECLARED = "requests of callers come to port 8080 of its pod (HTTP)";

/** Of all findings in the cluster: the open ones, the folded ones and the unknown ones */
function told({ agents }: Review) {
  const gains = agents.flatMap((each) => each.gains);
  const network = gains.filter(({ kind, what }) => kind === "network" && what !== DECLARED);
  const shown = network.map(({ what, showing }) => [what, showing?.fold]);
  return { network: shown, unknown: agents.flatMap(({ unknown }) => unknown).map(({ what }) => what) };
}

const COMES_IN = `ingress from ${GATEWAY}, TCP 7465`;

describe("an agent that serves", () => {
  test("is reached by the gateway as others that serve are, and its service is no question", () => {
    expect(told(reviewed(WITHOUT, estate(SERVING)))).toEqual({ network: [[COMES_IN, "usual"]], unknown: [] });
  });

  test("is reached by the gateway from then on, where it served nothing before", () => {
    expect(told(reviewed(estate(PLAIN), estate(SERVING)))).toEqual({ network: [[COMES_IN, undefined]], unknown: [] });
  });

  test("is reached no more where it serves nothing any more", () => {
    const { agents } = reviewed(estate(SERVING), estate(PLAIN));
    expect(agents.flatMap(({ losses }) => losses).map(({ what }) => what)).toContain(COMES_IN);
  });

  const peer = (namespace: string, app: string): Json => ({
    namespace_selector: { match_labels: { "kubernetes.io/metadata.name": namespace } },
    pod_selector: { match_labels: { "app.kubernetes.io/name": app } },
  });
  test.each<[string, string, Json, string]>([
    ["from every pod beside the gateway", "0/from/0/pod_selector", {}, "ingress from every pod in namespaces with"],
    ["from its own namespace", "0/from/0", peer("research", "ambit-gateway"), "kubernetes.io/metadata.name=research"],
    ["from another part of the platform", "0/from/0", peer("ambit-system", "ambit-opa"), "=ambit-opa in namespaces"],
    ["from everywhere", "0/from", [], "ingress from anywhere, TCP 7465"],
    ["at the port of its own code", "0/ports/0/port", "8080", `ingress from ${GATEWAY}, TCP 8080`],
    ["at every port", "0/ports", [], `ingress from ${GATEWAY}`],
    [
      "by another rule",
      "-",
      { from: [peer("support", "web")], ports: [] },
      "ingress from pods with app.kubernetes.io/name=web",
    ],
  ])("that is reached %s has that open", (_, at, set, what) => {
    const head = edited(
      SERVING,
      AGENTS,
      "kubernetes_network_policy_v1",
      "desk_NetworkPolicy",
      `spec/ingress/${at}`,
      set,
    );
    const open = told(reviewed(WITHOUT, head)).network.filter(([, fold]) => fold === undefined);
    expect(open).toEqual([[expect.stringContaining(what), undefined]]);
  });

  test.each<[string, string, Json]>([
    ["leads to other pods", "spec/selector", { app: "web" }],
    ["leads to the pods of another agent", "spec/selector", { "ambit.internal/agent": "researcher" }],
    ["leads to another port", "spec/port/0/target_port", "8080"],
    ["has another port besides", "spec/port/-", { name: "own", port: 80, target_port: "8080", protocol: "TCP" }],
    ["has an address of its own", "spec/cluster_ip", "10.96.0.9"],
    ["has an address outside", "spec/external_ips", ["203.0.113.7"]],
    ["tells a controller something", "metadata/annotations", { "acme.example/expose": "true" }],
    ["is in another namespace", "metadata/namespace", "support"],
    ["has the name of another", "metadata/name", "ambit-other"],
  ])("whose service %s leaves that unknown", (_, at, set) => {
    const head = edited(SERVING, AGENTS, "kubernetes_service_v1", "desk_Service", at, set);
    expect(told(reviewed(WITHOUT, head)).unknown).toEqual([expect.stringMatching(/^Service ambit-(desk|other)$/)]);
  });

  test("whose service leads in from outside is told so", () => {
    const head = edited(SERVING, AGENTS, "kubernetes_service_v1", "desk_Service", "spec/type", "LoadBalancer");
    const { network, unknown } = told(reviewed(WITHOUT, head));
    expect(network).toContainEqual([
      "Service ambit-desk of namespace research leads from outside the cluster to pods with ambit.internal/agent=desk, TCP 7465",
      undefined,
    ]);
    expect(unknown).toEqual(["Service ambit-desk"]);
  });
});

describe("an agent that serves nothing", () => {
  const rule = { from: [{ pod_selector: {} }], ports: [{ port: "7465", protocol: "TCP" }] };
  test("has no callers folded away: each one is reported", () => {
    const own = placeOf(SERVING, AGENTS, "kubernetes_network_policy_v1", "desk_NetworkPolicy")
      .split("/")
      .at(-1) as string;
    const ingress = (
      resourcesOf(String(SERVING[AGENTS])).kubernetes_network_policy_v1?.[own]?.["spec"] as Json & object
    )["ingress" as never] as Json;
    for (const [set, what] of [
      [ingress, COMES_IN],
      [[rule], "ingress from every pod in namespaces with kubernetes.io/metadata.name=research, TCP 7465"],
    ] as const) {
      const head = edited(PLAIN, AGENTS, "kubernetes_network_policy_v1", "desk_NetworkPolicy", "spec/ingress", set);
      expect(told(reviewed(WITHOUT, head)).network).toEqual([[what, undefined]]);
    }
  });

  test("has a service that is a question", () => {
    const [, service] = Object.entries(resourcesOf(String(SERVING[AGENTS])).kubernetes_service_v1 ?? {}).find(([key]) =>
      key.startsWith("desk_Service"),
    ) as [string, Json];
    const files = withEdits(PLAIN, [{ file: AGENTS, at: "resource/kubernetes_service_v1/desk", set: service }]);
    expect(told(reviewed(WITHOUT, estate(files))).unknown).toEqual(["Service ambit-desk"]);
  });
});

describe("a gateway that lets users in", () => {
  const files = filesOf(synthesize());
  const network = `${placeOf(files, CONTROL, "kubernetes_network_policy_v1", "Gateway_Network")}/spec/ingress`;
  const service = placeOf(files, CONTROL, "kubernetes_service_v1", "Gateway_Users");
  const closed = withEdits(files, [
    { file: CONTROL, at: `${network}/1`, remove: true },
    { file: CONTROL, at: service, remove: true },
  ]);

  test("is told: who comes in at which port, and that it is from outside the cluster", () => {
    const { network: gained, unknown } = told(reviewed(estate(closed), WITHOUT));
    expect(gained).toEqual([
      ["ingress from 0.0.0.0/0, TCP 8445", undefined],
      [
        "Service ambit-gateway-users of namespace ambit-system leads from outside the cluster to pods with " +
          "app.kubernetes.io/name=ambit-gateway, app.kubernetes.io/part-of=ambit, TCP 443",
        undefined,
      ],
    ]);
    expect(unknown).toEqual(["Service ambit-gateway-users"]);
  });

  test("loses both where it admits no pod any more", () => {
    const { agents } = reviewed(WITHOUT, estate(closed));
    const lost = agents.flatMap(({ losses }) => losses).map(({ what }) => what);
    expect(lost).toContain("ingress from 0.0.0.0/0, TCP 8445");
    expect(lost).toContainEqual(expect.stringContaining("leads from outside the cluster"));
    expect(told(reviewed(WITHOUT, estate(closed)))).toEqual({ network: [], unknown: [] });
  });

  test("and comes to be reached at a port of each node is told that too", () => {
    const head = estate(withEdits(files, [{ file: CONTROL, at: `${service}/spec/type`, set: "NodePort" }]));
    const [gain] = reviewed(WITHOUT, head).agents.flatMap(({ gains }) => gains);
    expect([gain?.kind, gain?.witness]).toEqual(["network", "TCP 443 at a port of each node"]);
  });
});
