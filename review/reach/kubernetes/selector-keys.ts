import { isObject, type Json } from "../../read/json";
import type { Cluster } from "./cluster";
import type { KubernetesObject } from "./objects/object";
import { ofBody, block, blocks } from "./objects/values";
import { guardedKinds } from "./admission/guards";
import { STATE_LABEL } from "./labels";

/** Label keys that some selector of a cluster uses */
export interface SelectorKeys {
  readonly pods: ReadonlySet<string>;
  readonly namespaces: ReadonlySet<string>;
  /** Whether only evaluated objects use the label of an agent's state: registrations and network policies */
  readonly isStateEvaluated: boolean;
}

const POD_SELECTORS = ["NetworkPolicy", "ClusterSPIFFEID"];
/** Admission policies of the constructs: they hold the label to the record, and open nothing to a suspended agent. */
const OWN_POLICIES = new Set([
  "ambit-agent-pods",
  "ambit-foreign-pods",
  "ambit-host-access",
  "ambit-host-paths",
  "ambit-namespaces",
  "ambit-pod-updates",
]);
/** The label as text, or a pattern that may match it */
const SPEAKS_OF_STATE = /ambit\.internal\/(?:state|[*?"'\\]|$)/;

export function selectorKeys(clusters: readonly Cluster[]): SelectorKeys {
  const pods = new Set<string>();
  const namespaces = new Set<string>();
  const objects = (kinds: readonly string[]) =>
    clusters.flatMap((cluster) => kinds.flatMap((kind) => cluster.of(kind)));
  const add = (found: Found) => {
    for (const key of found.pods) pods.add(key);
    for (const key of found.namespaces) namespaces.add(key);
  };
  for (const { body } of objects(guardedKinds)) add(askedFor(body));
  for (const { body } of objects(["Service"])) {
    for (const key of Object.keys(block(block(body, "spec"), "selector"))) pods.add(key);
  }
  const isStateEvaluated = clusters.every(({ objects: all }) => !all.some(mayAskForState));
  if (!isStateEvaluated) pods.add(STATE_LABEL);
  for (const { body } of objects(POD_SELECTORS)) add(askedFor(body));
  return { pods, namespaces, isStateEvaluated };
}

/** Static entries, policies of service meshes and other networks, and everything else that is not evaluated */
function mayAskForState({ kind, name, body }: KubernetesObject): boolean {
  if (POD_SELECTORS.includes(kind) || (kind === "ValidatingAdmissionPolicy" && OWN_POLICIES.has(name))) return false;
  return speaksOfState(body);
}

const speaksOfState = ofBody(
  (body) => SPEAKS_OF_STATE.test(JSON.stringify(body)) && SPEAKS_OF_STATE.test(JSON.stringify(withoutLabels(body))),
);

/** Carrying a label does not select by it. */
function withoutLabels(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(withoutLabels);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, held]) => {
      const { labels: _, ...rest } = isObject(held) ? held : {};
      return [key, withoutLabels(key === "metadata" && isObject(held) ? rest : held)];
    }),
  );
}

interface Found {
  readonly pods: Set<string>;
  readonly namespaces: Set<string>;
}

const askedFor = ofBody((body): Found => {
  const found = { pods: new Set<string>(), namespaces: new Set<string>() };
  collect(body, found);
  return found;
});

function collect(value: Json, found: Found): void {
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) collect(item, found);
  } else if (isObject(value)) {
    for (const [key, held] of Object.entries(value)) {
      if (key === "podSelector" || key === "objectSelector") addKeys(held, found.pods);
      else if (key === "namespaceSelector") addKeys(held, found.namespaces);
      else collect(held, found);
    }
  }
}

function addKeys(value: Json, keys: Set<string>): void {
  const selector = block({ value }, "value");
  for (const key of Object.keys(block(selector, "matchLabels"))) keys.add(key);
  for (const { key } of blocks(selector, "matchExpressions")) if (typeof key === "string") keys.add(key);
}
