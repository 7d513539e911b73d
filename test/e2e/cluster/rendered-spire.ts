import { synthesize } from "../../support/example-app";
import type { KubeObject } from "../spire/kube-client";
import { type RenderedObject, renderedObjects } from "../spire/objects";
import { withPlugin } from "../spire/moved-config";
import type { ServerConfig } from "../spire/spire-config";
import { containerHere } from "./images";

type Fields = Readonly<Record<string, unknown>>;
type Container = Fields & Parameters<typeof containerHere>[1] & { readonly name: string };

/** Objects that wait for what is not here, and why */
const LEFT_OUT: Readonly<Record<string, string>> = {
  "Job spire-server/spire-database-setup": "it makes users in a database of RDS",
  "DaemonSet spire-system/spiffe-csi-driver": "its program is no module of Go",
  "Deployment spire-server/spire-oidc-discovery-provider": "it comes later, with a certificate of the test",
  "ValidatingWebhookConfiguration spire-controller-manager-webhook":
    "the controller manager's program is no module of Go",
};

/** What a pod of SPIRE has here in place of what is rendered */
export const CHANGED =
  "images by the names of this cluster; smaller requests; one server, on a volume of this node, without the controller " +
  "manager; DataStore sqlite3 and KeyManager disk in place of RDS and KMS";

export interface RenderedSpire {
  readonly objects: readonly RenderedObject[];
  /** Each with its reason */
  readonly leftOut: readonly string[];
}

/** What foundation and spire put into a cluster, with pods that can run on this one */
export function renderedSpire(): RenderedSpire {
  const all = renderedObjects(synthesize(), ["foundation", "spire"]);
  const reasonOf = ({ object }: RenderedObject): string | undefined =>
    Object.entries(LEFT_OUT).find(([name]) => called(object).startsWith(name))?.[1];
  return {
    objects: all.filter((one) => reasonOf(one) === undefined).map((one) => ({ ...one, object: here(one.object) })),
    leftOut: all.flatMap((one) => {
      const reason = reasonOf(one);
      return reason === undefined ? [] : [`${called(one.object)}: ${reason}`];
    }),
  };
}

/** A volume for the server: the cluster has no class that makes one. */
export function serverVolume(folder: string): KubeObject {
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: "spire-server" },
    spec: {
      capacity: { storage: "1Gi" },
      accessModes: ["ReadWriteOnce"],
      hostPath: { path: folder },
      claimRef: { namespace: "spire-server", name: "data-spire-server-0" },
    },
  };
}

function called({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.namespace === undefined ? "" : `${metadata.namespace}/`}${metadata.name}`;
}

function here(object: KubeObject): KubeObject {
  const name = called(object);
  if (name === "ConfigMap spire-server/spire-server") return stored(object);
  if (name === "StatefulSet spire-server/spire-server") return { ...object, spec: { ...podsOf(object), replicas: 1 } };
  if (name === "DaemonSet spire-system/spire-agent") return { ...object, spec: podsOf(object) };
  return object;
}

function stored(object: KubeObject): KubeObject {
  const data = object.data as Readonly<Record<string, string>>;
  const config = JSON.parse(data["server.conf"] as string) as ServerConfig;
  const sqlite = { database_type: "sqlite3", connection_string: "/run/spire/data/datastore.sqlite3" };
  const { plugins } = withPlugin(config, "DataStore", "sql", sqlite);
  const KeyManager = [{ disk: { plugin_data: { keys_path: "/run/spire/data/keys.json" } } }];
  return {
    ...object,
    data: { ...data, "server.conf": JSON.stringify({ ...config, plugins: { ...plugins, KeyManager } }) },
  };
}

function podsOf({ spec }: KubeObject): Fields {
  const workload = spec as { readonly template: { readonly spec: { readonly containers: readonly Container[] } } };
  const { template } = workload;
  const containers = template.spec.containers
    .filter(({ name }) => name !== "spire-controller-manager")
    .map((container) => ({ ...container, ...containerHere(container.name, container) }));
  return { ...workload, template: { ...template, spec: { ...template.spec, containers } } };
}
