import { LABELS } from "../../constructs/platform/names";
import { isRecord } from "../../domain/is-record";
import { at, type DeclaredAgent, inner, type Located, manifestOf, type Output, textIn } from "./output";
import { holdsDynamic } from "./pods";

const POLICY = "kubernetes_network_policy_v1";

/** Network policies that select this agent's pods, and let them reach named places alone */
export function ownNetworkPolicies({ name, entry }: DeclaredAgent, output: Output): readonly Located[] {
  const { namespace } = entry.workload;
  return output
    .object(POLICY, namespace, `ambit-${name}`)
    .filter(({ block }) => isOf(name, block.body) && closes(block.body) && egressOf(block.body).every(isNamed));
}

/** Network policies that select all pods of the namespace, and let them reach nothing */
export function closedNamespaces(namespace: string, output: Output): readonly Located[] {
  // Only those have a key: a namespace may have a policy for each of thousands of agents.
  return output.by("closed", POLICY, namespace, ({ block }) => {
    const selector = inner(inner(block.body, "spec"), "pod_selector");
    const isClosed = Object.keys(selector).length === 0 && closes(block.body) && egressOf(block.body).length === 0;
    return isClosed ? textIn(inner(block.body, "metadata"), "namespace") : undefined;
  });
}

/** Whether another policy may open what the default denies to this agent's pods: policies add up. */
export function isOpenedBesides({ entry }: DeclaredAgent, output: Output): boolean {
  const known = OPENED.get(output) ?? openedIn(output);
  OPENED.set(output, known);
  return known.has(EVERYWHERE) || known.has(entry.workload.namespace);
}

const OPENED = new WeakMap<Output, ReadonlySet<string>>();
const EVERYWHERE = "";

/** Namespaces with a policy that lets pods reach something and is no agent's own */
function openedIn(output: Output): ReadonlySet<string> {
  const own = new Set(output.agents.map(({ name, entry }) => `${entry.workload.namespace}/ambit-${name}`));
  const opened = new Set<string>();
  for (const type of [POLICY, "kubernetes_network_policy"]) {
    for (const { block } of output.all(type)) {
      const metadata = inner(block.body, "metadata");
      const [namespace, name] = [textIn(metadata, "namespace") ?? "default", textIn(metadata, "name") ?? ""];
      const isOwn = type === POLICY && own.delete(`${namespace}/${name}`);
      if (!isOwn && (egressOf(block.body).length > 0 || holdsDynamic(block.body))) opened.add(namespace);
    }
  }
  for (const { block } of output.all("kubernetes_manifest")) {
    const manifest = manifestOf(block.body);
    // Of Kubernetes, Cilium and Calico, of a namespace or of the cluster
    if (!/NetworkPolicy$/.test(textIn(manifest, "kind") ?? "") || !opens(manifest)) continue;
    opened.add(textIn(inner(manifest, "metadata"), "namespace") ?? EVERYWHERE);
  }
  return opened;
}

function opens(manifest: unknown): boolean {
  const specs = [at(manifest, "spec"), at(manifest, "specs")].flat();
  return specs.some((spec) => {
    const egress = at(spec, "egress");
    return typeof spec === "string" || (Array.isArray(egress) ? egress.length > 0 : egress !== undefined);
  });
}

function isOf(name: string, body: unknown): boolean {
  const { match_labels: labels, ...others } = inner(inner(body, "spec"), "pod_selector");
  return (
    Object.keys(others).length === 0 &&
    isRecord(labels) &&
    Object.keys(labels).length === 1 &&
    labels[LABELS.agent] === name
  );
}

function closes(body: unknown): boolean {
  const types = at(inner(body, "spec"), "policy_types");
  return Array.isArray(types) && types.includes("Egress") && types.includes("Ingress");
}

function egressOf(body: unknown): readonly unknown[] {
  const rules = at(inner(body, "spec"), "egress") ?? [];
  return Array.isArray(rules) ? rules : [rules];
}

/** Whether a rule says where to: one that names no place, or nearly every address, lets through to all. */
function isNamed(rule: unknown): boolean {
  const to = at(rule, "to");
  return Array.isArray(to) && to.length > 0 && to.every(isPlace) && !(isRecord(rule) && Object.hasOwn(rule, "dynamic"));
}

/** Bits of a prefix: a network of one owner has as many, such as 10.0.0.0/8, or an allocation of IPv6 */
const LEAST_BITS = { v4: 8, v6: 32 } as const;

function isPlace(place: unknown): boolean {
  if (!isRecord(place) || Object.hasOwn(place, "dynamic")) return false;
  const cidr = at(inner(place, "ip_block"), "cidr");
  if (place["ip_block"] === undefined)
    return place["pod_selector"] !== undefined || place["namespace_selector"] !== undefined;
  const [address = "", bits = ""] = typeof cidr === "string" ? cidr.split("/") : [];
  return Number(bits) >= (address.includes(":") ? LEAST_BITS.v6 : LEAST_BITS.v4);
}
