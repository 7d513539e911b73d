import { AGENT_TAG } from "../../agent-roles";
import type { Block } from "../../block";
import { type KubernetesObject, nameOf, objectOf, typesOf } from "../../kubernetes-object";
import { essenceDigest } from "../../private/essence";
import { oncePer } from "../../private/once-per";
import { OF_PLATFORM } from "../../private/platform-namespaces";
import { selectedBy } from "../../private/selected-labels";
import { withValues } from "../../private/stands-for";
import { POD_TYPES, podsOf } from "../../pods";
import { type BlockRule, isLookedAt, type Violation } from "../../rule";
import type { StackJson } from "../../stack";
import { blockOf, type BlockBody, blocksOf, isObject, isReference, textOf, textsOf, UndecidedValue } from "../../value";

/** Ports that components of the platform have for those outside: users, approvers, and who reads keys and bundles */
const FOR_OUTSIDE: ReadonlyMap<string, string> = new Map([
  ["ambit-gateway", "8445"],
  ["ambit-exchange", "8444"],
  ["spire-oidc-discovery-provider", "8443"],
  ["spire-server", "8443"],
]);

/** Load balancers and ports of nodes, addresses that a Service takes, and names of the platform that lead elsewhere */
export const published: BlockRule = {
  id: "AMBIT-POD-NETWORK-PUBLISHED",
  severity: "high",
  what: "no Service may publish an agent, OPA, SPIRE or the exchange outside of the cluster, or take an address that is not its own",
  why: "an attacker outside speaks to an agent past the gateway that decides, or to what gives and decides identities; by externalIPs a Service receives what others send to an address",
  fix: "leave the type out, and let users come in by the gateway",
  standards: ["sp800-207/2", "sp800-207/6", "owasp-asi/ASI07", "sp800-53/SC-7", "sp800-53/AC-3", "maestro/L4"],
  looksAt: typesOf("Service", "Endpoints", "EndpointSlice"),
  *check(block, stack) {
    yield* addressedBy(block, stack);
    const service = objectOf(block, "Service");
    // Knative has a kind of this name.
    if (service === undefined || !/^(?:v1)?$/.test(String(service.body["api_version"] ?? ""))) return;
    const { at, body } = service;
    const spec = blockOf(body, "spec", `${at}spec`) ?? {};
    const ips = textsOf(spec, "external_ips", `${at}spec.external_ips`);
    if (ips.length > 0) yield { what: "externalIPs", at: `${at}spec.external_ips`, evidence: ips };
    const type = textOf(spec, "type", `${at}spec.type`) ?? "ClusterIP";
    if (type === "ClusterIP") return;
    const namespace = namespaceOf(service, stack);
    const place = `${at}spec.type`;
    if (type === "ExternalName" && OF_PLATFORM.test(namespace))
      yield { what: type, at: place, evidence: spec["external_name"] ?? null };
    if (type === "LoadBalancer" || type === "NodePort") yield* openedTo(spec, { type, namespace, place }, stack);
  },
};

/** Addresses behind a name of the platform, which Kubernetes writes for its own Services */
function* addressedBy(block: Block, stack: StackJson): Generator<Violation> {
  const object = objectOf(block, "Endpoints", "EndpointSlice");
  if (object === undefined || !OF_PLATFORM.test(namespaceOf(object, stack))) return;
  yield { what: object.kind, at: `${object.at}metadata`, evidence: essenceDigest(block) };
}

/** @throws UndecidedValue for a name of the platform in a namespace that is known at apply only */
function namespaceOf({ at, body }: KubernetesObject, stack: StackJson): string {
  const { name, namespace } = nameOf(body, stack);
  const written = blockOf(body, "metadata")?.["namespace"] ?? null;
  const found = namespace ?? withValues(typeof written === "string" ? written : "", stack);
  if (isReference(found) && /^(?:ambit|spire)-/.test(name ?? ""))
    throw new UndecidedValue(`${at}metadata.namespace`, found, `${at}metadata.namespace is known at apply only`);
  return found;
}

interface Opened {
  readonly type: string;
  readonly namespace: string;
  readonly place: string;
}

function* openedTo(spec: BlockBody, { type, namespace, place }: Opened, stack: StackJson): Generator<Violation> {
  const selector = blockOf(spec, "selector", place) ?? {};
  const evidence = [type, selector as Record<string, string>, namespace];
  const selected = selectedBy(selector, stack);
  const isOfAgents =
    selected.some(([key]) => key.startsWith("ambit.internal/")) ||
    (selected.length > 0 &&
      agentLabelsIn(stack).some((labels) => selected.every(([key, value]) => isLabel(value, labels[key], place))));
  if (isOfAgents) yield { what: `${type}::agents`, at: place, evidence };
  const { "app.kubernetes.io/name": name = "", "app.kubernetes.io/part-of": whole = "" } = Object.fromEntries(selected);
  const isOfPlatform = OF_PLATFORM.test(namespace) || /^(?:ambit|spire)$/.test(whole) || FOR_OUTSIDE.has(name);
  if (!isOfPlatform || isOfAgents) return;
  const ports = blocksOf(spec, "port", place).map((port) => String(port["target_port"] ?? port["port"]));
  if (type === "LoadBalancer" && ports.length > 0 && ports.every((port) => port === FOR_OUTSIDE.get(name))) return;
  yield { what: `${type}::${name}`, at: place, evidence: [...evidence, ports] };
}

/** @throws UndecidedValue for a value that is known at apply only, beside an agent that has such a label */
function isLabel(selected: string, label: unknown, at: string): boolean {
  if (label !== undefined && isReference(selected))
    throw new UndecidedValue(at, selected, "the selector is known at apply only");
  return selected === label;
}

/** Labels of the agents' pods of a stack. Each load balancer asks. */
const agentLabelsIn = oncePer((stack: StackJson): readonly BlockBody[] =>
  stack.blocks
    .filter(({ mode, type }) => mode === "resource" && isLookedAt(POD_TYPES, type))
    .flatMap(labelsOfPods)
    .filter((labels) => Object.hasOwn(labels, AGENT_TAG)),
);

/** Pods that are known at apply only in part are a finding where they stand: what they write of labels is read. */
function labelsOfPods(block: Block): readonly BlockBody[] {
  try {
    return podsOf(block).flatMap(({ metadata }) => blocksOf(metadata, "labels"));
  } catch (error) {
    if (!(error instanceof UndecidedValue)) throw error;
    return labelsIn(block.body);
  }
}

function labelsIn(value: unknown): readonly BlockBody[] {
  if (Array.isArray(value)) return value.flatMap(labelsIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => (key === "labels" && isObject(each) ? [each] : labelsIn(each)));
}
