import { kubernetesChanges } from "../../../review/difference/kubernetes/cluster-changes";
import { clusterStates, readCluster } from "../../../review/reach/kubernetes/cluster-state";
import type { Estate } from "../../../review/read/estate";
import { ReadCache } from "../../../review/read/folder/folder";
import { synthesize } from "../../support/example-app";
import {
  type Any,
  AGENTS,
  one,
  pod,
  container,
  policy,
  record,
  admission,
  registration,
} from "../../support/review/cluster-parts";
import { WIDENINGS } from "../../support/review/cluster-widenings";
import { estateOf, type Files, filesOf } from "../../support/review/folders";

type Node = Record<string, never>;

const FILES: Files = filesOf(synthesize());
const once = new ReadCache();
const BASE: Estate = estateOf(FILES, once);
const READ = readCluster(BASE);

const statesWith = (head: Estate) => clusterStates(BASE, head, READ);

/** The example with one stack changed in place */
function changed(stack: string, change: (resource: Any) => void): Estate {
  const file = `stacks/${stack}/cdk.tf.json`;
  const json = JSON.parse(String(FILES[file])) as { resource: Node };
  change(json.resource);
  return estateOf({ ...FILES, [file]: JSON.stringify(json) }, once);
}

test("nothing changes between an estate and itself", () => {
  expect([...kubernetesChanges(BASE, BASE)]).toEqual([]);
});

describe("a widening is reported for every agent it reaches", () => {
  test.each(WIDENINGS)("%s", (_, stack, change, agents) => {
    const head = changed(stack, change);
    const [before, after] = statesWith(head);
    const changes = kubernetesChanges(BASE, head, [before, after]);
    const gaining = AGENTS.filter((agent) => {
      const { gains, unknown } = changes.get(agent) ?? { gains: [], unknown: [] };
      return gains.length + unknown.length > 0;
    });
    expect(gaining).toEqual(agents);
    const back = kubernetesChanges(head, BASE, [after, before]);
    for (const [name, { gains }] of changes) expect(back.get(name)?.losses ?? []).toEqual(gains);
  });
});

/** Objects of the platform belong to no agent, so they stand under their address. */
const PLATFORM: readonly [string, string, (resource: Any) => void, string][] = [
  [
    "a rule of a role",
    "spire",
    (r) =>
      one(r, "kubernetes_cluster_role_v1", "Spire_Server_Rights_Role").rule.push({
        api_groups: [""],
        resources: ["secrets"],
        verbs: ["get"],
      }),
    "spire/kubernetes_service_account_v1.Spire_Server_Account_E5B36305",
  ],
  [
    "who may call the exchange",
    "control",
    (r) => (one(r, "kubernetes_network_policy_v1", "Exchange_Network").spec.ingress = [{}]),
    "control/kubernetes_service_account_v1.Exchange",
  ],
  [
    "the configuration of the exchange",
    "control",
    (r) => (one(r, "kubernetes_config_map_v1", "Exchange_Config").data["config.json"] = "{}"),
    "control/kubernetes_service_account_v1.Exchange",
  ],
  [
    "the registration of components",
    "spire",
    (r) => (registration(r, "ambit-components").namespaceSelector = {}),
    "spire/kubernetes_manifest.Spire_Registration_ambit-components",
  ],
  [
    "an unknown kind",
    "spire",
    (r) => {
      r.kubernetes_manifest.new = {
        manifest: { apiVersion: "cilium.io/v2", kind: "CiliumNetworkPolicy", metadata: { name: "new" } },
      };
    },
    "spire/kubernetes_manifest.new",
  ],
  ["a webhook gone", "spire", (r) => delete r.kubernetes_validating_webhook_configuration_v1, "support-triage"],
];

test.each(PLATFORM)("%s is reported under the address of who has it", (_, stack, change, name) => {
  const head = changed(stack, change);
  const changes = kubernetesChanges(BASE, head, statesWith(head));
  const [, found] = [...changes].find(([key]) => key.startsWith(name)) ?? [];
  expect((found?.gains.length ?? 0) + (found?.unknown.length ?? 0)).toBeGreaterThan(0);
});

const HARMLESS: readonly [string, string, (resource: Any) => void][] = [
  [
    "fewer replicas",
    "agents",
    (r) => (one(r, "kubernetes_deployment_v1", "support-triage_Workload").spec.replicas = "1"),
  ],
  ["other limits", "agents", (r) => (container(r).resources.limits.memory = "512Mi")],
  ["another order of variables", "agents", (r) => container(r).env.reverse()],
  ["another order of containers", "agents", (r) => pod(r).container.reverse()],
  ["one address less", "agents", (r) => policy(r, "researcher").egress[4].to.pop()],
  ["another order of rules", "agents", (r) => policy(r, "researcher").egress.reverse()],
  ["blocks as lists", "agents", (r) => (pod(r).security_context = [pod(r).security_context])],
  ["a number for a text", "agents", (r) => (policy(r, "researcher").egress[4].ports[0].port = 443)],
  ["a shorter time", "spire", (r) => (registration(r, "ambit-companions").ttl = "30m")],
  ["the same time otherwise written", "spire", (r) => (registration(r, "ambit-companions").ttl = "60m")],
  [
    "one more selector of processes",
    "spire",
    (r) => registration(r, "ambit-companions").workloadSelectorTemplates.push("k8s:pod-name:x"),
  ],
  [
    "one more validation",
    "foundation",
    (r) => admission(r, "ambit-host-access").validations.push({ expression: "false" }),
  ],
  ["another message", "foundation", (r) => (admission(r, "ambit-host-access").validations[0].message = "no")],
  [
    "one more operation",
    "foundation",
    (r) => admission(r, "ambit-host-access").matchConstraints.resourceRules[0].operations.push("UPDATE"),
  ],
  ["an agent is suspended", "agents", (r) => (record(r, "researcher").data["researcher.state"] = "suspended")],
  ["another disruption budget", "spire", (r) => delete r.kubernetes_pod_disruption_budget_v1],
  [
    "every address of Terraform is another",
    "agents",
    (r) => {
      for (const type of Object.keys(r).filter((key) => key.startsWith("kubernetes_"))) {
        r[type] = Object.fromEntries(Object.entries(r[type]).map(([name, body]) => [`moved-${name}`, body]));
      }
    },
  ],
  [
    "resources without a version in their type",
    "agents",
    (r) => {
      for (const type of Object.keys(r).filter((key) => key.endsWith("_v1"))) {
        r[type.replace("_v1", "")] = r[type];
        delete r[type];
      }
    },
  ],
];

test.each(HARMLESS)("%s is no gain", (_, stack, change) => {
  const head = changed(stack, change);
  const changes = [...kubernetesChanges(BASE, head, statesWith(head))];
  expect(
    changes.flatMap(([name, { gains, unknown }]) => [...gains, ...unknown].map(({ what }) => [name, what])),
  ).toEqual([]);
});
