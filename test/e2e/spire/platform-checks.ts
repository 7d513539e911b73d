import { mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { synthesize } from "../../support/example-app";
import type { Check, Suite } from "../harness/suite";
import { type Cluster, startCluster } from "./cluster";
import { type KubeClient, KubeError, type KubeObject } from "./kube-client";
import { type RenderedObject, renderedObjects } from "./objects";
import type { ClusterPrograms } from "./programs";

/** The example organisation's foundation and SPIRE, in a cluster in which no pod runs */
export interface StandingPlatform {
  readonly cluster: Cluster;
  /** What was applied, as it was sent */
  readonly objects: readonly KubeObject[];
  /** The same, with where it comes from */
  readonly rendered: readonly RenderedObject[];
}

const ESTABLISHED_SECONDS = 20;
const GROUP = "spire.spiffe.io";
const APPLY = "application/apply-patch+yaml";

/** From an empty cluster to everything that foundation and spire put into it, as the deployer applies it. */
export function platformChecks(
  suite: Suite,
  programs: Check<ClusterPrograms>,
  folder: string,
): Check<StandingPlatform> {
  const cluster = suite.check("a cluster starts, and knows its deployer", [programs], async ([found]) => {
    mkdirSync(folder, { recursive: true });
    const started = await startCluster(found, folder, { args: PRIVILEGED });
    suite.afterwards(() => started.stop());
    await started.users.administrator.apply(DEPLOYER_MAY_ALL);
    return started;
  });
  const rendered = suite.check("foundation and spire are translated", [], (_, note) => {
    const objects = renderedObjects(synthesize(), ["foundation", "spire"]);
    note(`${objects.length} objects of ${new Set(objects.map(({ object }) => object.kind)).size} kinds`);
    return objects;
  });
  const foundation = suite.check(
    "foundation applies, and its definitions become established",
    [cluster, rendered],
    async ([{ users }, objects], note) => {
      const own = objects.filter(({ stack }) => stack === "foundation");
      for (const object of own) await write(users.deployer, object);
      const definitions = own.filter(({ object }) => object.kind === "CustomResourceDefinition");
      for (const { object } of definitions) await untilEstablished(users.deployer, object);
      note(definitions.map(({ object }) => object.metadata.name).join(", "));
    },
  );
  const webhook = suite.check(
    "spire applies, and without a server behind its webhook no identity is written",
    [cluster, rendered, foundation],
    async ([{ users }, objects], note) => {
      const [identities, others] = parted(objects.filter(({ stack }) => stack === "spire"));
      for (const object of others) await write(users.deployer, object);
      for (const identity of identities) {
        const refused = await failure(write(users.deployer, identity));
        if (!refused.includes("failed calling webhook")) throw new Error(`${identity.address}: ${refused}`);
      }
      note(`${identities.length} custom resources are refused while no controller manager answers`);
    },
  );
  return suite.check(
    "the platform stands in the cluster",
    [cluster, rendered, webhook],
    async ([made, objects], note) => {
      // It would be put there by the controller manager, which is not here: the schemas are next.
      const hook = objects.find(({ object }) => object.kind === "ValidatingWebhookConfiguration") as RenderedObject;
      await made.users.deployer.delete(hook.object);
      const [identities] = parted(objects.filter(({ stack }) => stack === "spire"));
      const hookIsAsked = ({ message }: Error): boolean => message.includes("failed calling webhook");
      for (const identity of identities) await eventually(() => write(made.users.deployer, identity), hookIsAsked);
      note(`from here on without ${hook.object.metadata.name}, as no controller manager runs`);
      note(identities.map(({ object }) => `${object.kind} ${object.metadata.name}`).join(", "));
      const left = objects.filter((object) => object !== hook);
      return { cluster: made, objects: left.map(({ object }) => object), rendered: left };
    },
  );
}

/** As clusters everywhere have it: the API server alone would let no CSI driver in. */
const PRIVILEGED = ["--allow-privileged=true"];

export const DEPLOYER_MAY_ALL: KubeObject = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name: "deployers" },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
  subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "ambit:deployers" }],
};

function parted(objects: readonly RenderedObject[]): readonly [RenderedObject[], RenderedObject[]] {
  const ofSpire = ({ object }: RenderedObject): boolean => object.apiVersion.startsWith(`${GROUP}/`);
  return [objects.filter(ofSpire), objects.filter((object) => !ofSpire(object))];
}

/** As Terraform's provider writes it: where a resource names its field manager, it leaves the fields of other managers alone. */
export async function write(client: KubeClient, rendered: RenderedObject): Promise<KubeObject> {
  const { address, object, fieldManager } = rendered;
  try {
    if (fieldManager === undefined) return await client.apply(object);
    const { namespace, name } = object.metadata;
    const query = new URLSearchParams({ fieldManager, fieldValidation: "Strict" });
    return await client.send("PATCH", `/api/v1/namespaces/${namespace}/configmaps/${name}?${query}`, object, APPLY);
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    throw new KubeError(error.code, error.reason, `${address}: ${error.message}`);
  }
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly message: string;
}

export async function untilEstablished(client: KubeClient, definition: KubeObject): Promise<void> {
  const { name } = definition.metadata;
  const deadline = performance.now() + ESTABLISHED_SECONDS * 1000;
  for (;;) {
    const { status } = await client.get(definition);
    const conditions = (status as { conditions?: Condition[] | null }).conditions ?? [];
    if (conditions.some(({ type, status: is }) => type === "Established" && is === "True")) return;
    if (performance.now() > deadline) {
      const said = conditions.map(({ type, status: is, message }) => `${type} ${is}: ${message}`).join("\n");
      throw new Error(`${name} is not established after ${ESTABLISHED_SECONDS} s:\n${said}`);
    }
    await sleep(100);
  }
}

/** Act until it succeeds: what was just changed takes a moment to hold everywhere. */
export async function eventually<T>(act: () => Promise<T>, passes: (error: Error) => boolean): Promise<T> {
  const deadline = performance.now() + ESTABLISHED_SECONDS * 1000;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (performance.now() > deadline || !(error instanceof Error && passes(error))) throw error;
    }
    await sleep(200);
  }
}

/** What the server says when it refuses */
export function failure(request: Promise<unknown>): Promise<string> {
  return request.then(
    () => "allowed",
    (error: unknown) => {
      if (error instanceof KubeError) return error.message;
      throw error;
    },
  );
}
