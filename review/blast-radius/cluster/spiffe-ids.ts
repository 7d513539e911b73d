import { type JsonObject, member } from "../../read/json";
import type { Cluster } from "../../reach/kubernetes/cluster";
import { block, isOpaque, text, texts } from "../../reach/kubernetes/objects/values";
import { addressOf, type Principal } from "../../reach/kubernetes/principal";
import { takes } from "../../reach/kubernetes/sets/selector";
import { registrationsIn } from "../../reach/kubernetes/spiffe/registrations";
import { filled } from "../../reach/kubernetes/spiffe/template";

export interface PodIdentity {
  readonly id: string;
  readonly address: string;
  /** Why nobody can say whether its pods get it */
  readonly unknown?: string;
}

/** The SPIFFE IDs that pods of a principal get: by registrations that select them, and by entries that fit them */
export function spiffeIdsOf(principal: Principal, cluster: Cluster, registry: JsonObject): readonly PodIdentity[] {
  return [...registeredIds(principal, cluster, registry), ...entryIds(principal, cluster)];
}

function registeredIds(principal: Principal, cluster: Cluster, registry: JsonObject): readonly PodIdentity[] {
  const trustDomain = member(registry, "trustDomain");
  return registrationsIn(cluster).flatMap(({ object, namespaces, pods, template }) =>
    principal.pods.flatMap((pod) => {
      const answers = [takes(namespaces, cluster.labelsOf(pod.namespace)), takes(pods, pod.labels)];
      if (answers.includes(false)) return [];
      const why = "the labels of its pods stand nowhere in what is read";
      return principal.accounts.map(({ name }) => ({
        id: filled(template, {
          trustDomain: String(trustDomain),
          account: name,
          namespace: pod.namespace,
          labels: pod.labels.values,
        }),
        address: object.address,
        ...(answers.includes(undefined) && { unknown: why }),
      }));
    }),
  );
}

function entryIds(principal: Principal, cluster: Cluster): readonly PodIdentity[] {
  return cluster.of("ClusterStaticEntry").flatMap(({ body, address }) => {
    const spec = block(body, "spec");
    const id = text(spec, "spiffeID");
    if (id === undefined) return [];
    const answers = texts(spec, "selectors").map((selector) => fits(selector, principal));
    if (answers.length === 0 || answers.includes(false)) return [];
    const why = `whether its processes have each selector of ${addressOf(principal)} is known only where they run`;
    return [{ id, address, ...(answers.includes(undefined) && { unknown: why }) }];
  });
}

/** Whether processes of its pods have a selector; undefined where that is known only where they run */
function fits(selector: string, { accounts, pods }: Principal): boolean | undefined {
  const [, kind, value = ""] = /^k8s:(ns|sa|pod-label):(.*)$/.exec(selector) ?? [];
  if (kind === undefined || isOpaque(value)) return undefined;
  if (kind === "ns") return accounts.some(({ namespace }) => namespace === value);
  if (kind === "sa") return accounts.some(({ name }) => name === value);
  const [key = "", ...rest] = value.split(":");
  const isKnown = pods.every(({ labels }) => labels.isKnown(key) || labels.values.has(key));
  return isKnown ? pods.some(({ labels }) => labels.values.get(key) === rest.join(":")) : undefined;
}
