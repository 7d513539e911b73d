import { synthesize } from "../../support/example-app";
import type { Check, Suite } from "../harness/suite";
import { CLUSTER_ISSUER, type Cluster } from "./cluster";
import type { KubeClient, KubeObject } from "./kube-client";
import { type RenderedObject, renderedObjects } from "./objects";
import { eventually, failure, type StandingPlatform, write } from "./platform-checks";

type Fields = Readonly<Record<string, unknown>>;

/** Who makes pods out of templates (Kubernetes, controller_policy.go) */
const CONTROLLERS: Readonly<Record<string, string>> = {
  DaemonSet: "daemon-set-controller",
  Deployment: "replicaset-controller",
  Job: "job-controller",
  StatefulSet: "statefulset-controller",
};

/** Changes that the restricted level does not take: of the pod, or of its first container */
const BROKEN: readonly { readonly name: string; readonly pod?: Fields; readonly container?: Fields }[] = [
  { name: "the node's network", pod: { hostNetwork: true } },
  { name: "the node's processes", pod: { hostPID: true, shareProcessNamespace: false } },
  { name: "the node's memory", pod: { hostIPC: true } },
  { name: "a folder of the node", pod: { volumes: [{ name: "node", hostPath: { path: "/var/log" } }] } },
  { name: "no seccomp profile", pod: { securityContext: { runAsNonRoot: true } } },
  { name: "root", pod: { securityContext: { runAsUser: 0, seccompProfile: { type: "RuntimeDefault" } } } },
  { name: "a privileged container", container: { privileged: true, capabilities: { drop: ["ALL"] } } },
  {
    name: "more rights than its parent",
    container: { allowPrivilegeEscalation: true, capabilities: { drop: ["ALL"] } },
  },
  { name: "capabilities kept", container: { allowPrivilegeEscalation: false } },
  { name: "a capability more", container: { capabilities: { drop: ["ALL"], add: ["SYS_PTRACE"] } } },
  { name: "root in a container", container: { runAsUser: 0, allowPrivilegeEscalation: false } },
  { name: "no seccomp in a container", container: { seccompProfile: { type: "Unconfined" } } },
];

/** Pods out of the rendered templates, as Kubernetes' own controllers make them. Nothing of it is kept. */
export function podChecks(suite: Suite, platform: Check<StandingPlatform>): void {
  suite.check("pods: SPIRE's pass the security level of their namespaces", [platform], async (values, note) => {
    const [{ cluster, objects }] = values;
    const made = await makeEach(cluster, objects);
    note(made.join(", "));
  });

  suite.check("pods: of the same, broken ones are refused", [platform], async ([{ cluster, objects }], note) => {
    const server = objects.find(({ kind }) => kind === "StatefulSet") as KubeObject;
    note(`${await refuseEach(cluster, server)} refused`);
  });

  const agents = suite.check("control and agents apply", [platform], async ([{ cluster }], note) => {
    const rendered = renderedObjects(synthesize(), ["control", "agents"]);
    // Admission learns of a record by a watch, a moment after it was written.
    const recordIsNew = ({ message }: Error): boolean => message.includes("it belongs to no agent of this namespace");
    for (const object of rendered) await eventually(() => write(cluster.users.deployer, object), recordIsNew);
    await checkRecords(cluster.users.deployer, rendered);
    note(`${rendered.length} objects, and each agent's entries are in the record of its namespace`);
    return rendered;
  });

  suite.check("agents: a second apply changes nothing", [platform, agents], async ([{ cluster }, rendered]) => {
    const { deployer } = cluster.users;
    for (const object of rendered) {
      const before = await deployer.get(object.object);
      const after = await write(deployer, object);
      if (before.metadata.resourceVersion !== after.metadata.resourceVersion) {
        throw new Error(`applied again, ${object.address} changed`);
      }
    }
  });

  suite.check(
    "agents: a workload's pods pass the restricted level, and broken ones do not",
    [platform, agents],
    async (values, note) => {
      const [{ cluster }, rendered] = values;
      const workloads = rendered.map(({ object }) => object);
      note((await makeEach(cluster, workloads)).join(", "));
      const agent = workloads.find(({ kind }) => kind === "Deployment") as KubeObject;
      note(`${await refuseEach(cluster, agent)} refused`);
    },
  );
}

async function makeEach(cluster: Cluster, objects: readonly KubeObject[]): Promise<readonly string[]> {
  const made: string[] = [];
  for (const object of objects.filter(({ kind }) => Object.hasOwn(CONTROLLERS, kind))) {
    const said = await failure((await controllerOf(cluster, object)).create(podOf(object), { dryRun: true }));
    const name = `${object.kind} ${object.metadata.namespace}/${object.metadata.name}`;
    if (said !== "allowed") throw new Error(`a pod of ${name} is refused: ${said}`);
    made.push(name);
  }
  if (made.length === 0) throw new Error("there is no workload to make a pod of");
  return made;
}

async function refuseEach(cluster: Cluster, object: KubeObject): Promise<number> {
  const controller = await controllerOf(cluster, object);
  const pod = podOf(object);
  for (const { name, ...changes } of BROKEN) {
    const said = await failure(controller.create(changed(pod, changes), { dryRun: true }));
    if (!said.includes('violates PodSecurity "restricted:latest"')) throw new Error(`${name}: ${said}`);
  }
  return BROKEN.length;
}

function changed(pod: KubeObject, changes: { readonly pod?: Fields; readonly container?: Fields }): KubeObject {
  const spec = pod.spec as Fields & { readonly containers: readonly Fields[]; readonly volumes: readonly Fields[] };
  const { volumes = [], ...rest } = (changes.pod ?? {}) as { volumes?: readonly Fields[] };
  const [first, ...others] = spec.containers;
  const container = changes.container === undefined ? first : { ...first, securityContext: changes.container };
  const broken = { ...spec, ...rest, volumes: [...spec.volumes, ...volumes], containers: [container, ...others] };
  return { ...pod, spec: broken };
}

/** The controller with its own rights, not an administrator's */
async function controllerOf({ users, clientWith }: Cluster, { kind }: KubeObject): Promise<KubeClient> {
  const account = { name: CONTROLLERS[kind] as string, namespace: "kube-system" };
  await users.administrator.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: account });
  return clientWith(
    await users.administrator.tokenOf(account.namespace, account.name, { audiences: [CLUSTER_ISSUER] }),
  );
}

/** The pod that the controller would make: that of a StatefulSet has its claims as volumes. */
function podOf({ metadata, spec }: KubeObject): KubeObject {
  const { template, volumeClaimTemplates = [] } = spec as {
    readonly template: { readonly metadata: Fields; readonly spec: Fields & { readonly volumes?: readonly Fields[] } };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
  const claims = volumeClaimTemplates.map(({ metadata: { name } }) => ({
    name,
    persistentVolumeClaim: { claimName: `${name}-${metadata.name}-0` },
  }));
  const { namespace = "default" } = metadata;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...template.metadata, name: `${metadata.name}-0`, namespace },
    spec: { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...claims] },
  };
}

/** Each agent owns its own entries, so that no other takes them away. */
async function checkRecords(client: KubeClient, rendered: readonly RenderedObject[]): Promise<void> {
  for (const { address, object, fieldManager } of rendered) {
    if (fieldManager === undefined) continue;
    const { data = {} } = (await client.get(object)) as { data?: Readonly<Record<string, string>> };
    for (const [key, value] of Object.entries(object.data as Readonly<Record<string, string>>)) {
      if (data[key] !== value) throw new Error(`${address}: entry ${key} should be ${value}, got ${data[key]}`);
    }
  }
}
