import type { Json } from "../../../domain";
import type { Block } from "../block";
import { digestOf } from "../finding";
import { blockOf, blocksOf, type BlockBody, isObject, listOf, textOf, textsOf } from "../value";
import { manifestOf } from "./manifest";
import { expressionsOf, namesNone, ON_EACH_NAMESPACE } from "./named-peers";
import { type Reach, reachOfRange } from "./network-ranges";
import { sumToEverywhere } from "./range-sums";
import { truthOf } from "./truth";

type Direction = "egress" | "ingress";

/** What a rule of another kind of network policy opens */
export interface Opening {
  readonly at: string;
  readonly reach: Exclude<Reach, undefined>;
  /** Whether the rule is for some ports alone */
  readonly hasPorts: boolean;
  /** As it is written */
  readonly written: Json;
}

/** Reaches of one rule */
type Dialect = (rule: BlockBody, direction: Direction, at: string, kind: string) => readonly Reach[];

/** Groups of APIs whose policies add to those of Kubernetes, or come before them */
const DIALECTS: readonly (readonly [RegExp, RegExp, Dialect])[] = [
  [/^cilium\.io\//, /^Cilium(?:Clusterwide)?NetworkPolicy$/, cilium],
  [/^(?:crd\.)?projectcalico\.org\//, /^(?:Global)?NetworkPolicy$/, calico],
  [/^crd\.antrea\.io\//, /^(?:Cluster)?NetworkPolicy$/, antrea],
  [/^(?:policy\.networking\.k8s\.io|networking\.k8s\.aws)\//, /^(?:(?:Baseline)?Admin|Cluster)NetworkPolicy$/, admin],
];

/** What network policies of Cilium, Calico and administrators open. @throws UndecidedValue for what is known at apply only */
export function openingsOf(block: Block, direction: Direction): readonly Opening[] {
  if (block.type !== "kubernetes_manifest") return [];
  const { kind, manifest } = manifestOf(block);
  const group = String(manifest["apiVersion"]);
  const dialect = DIALECTS.find(([groups, kinds]) => groups.test(group) && kinds.test(kind))?.[2];
  if (dialect === undefined) return [];
  return ["spec", "specs"].flatMap((name) =>
    blocksOf(manifest, name, `manifest.${name}`).flatMap((spec) => {
      const at = `manifest.${name}.${direction}`;
      const rules = blocksOf(spec, direction, at);
      const together = sumToEverywhere(rules.flatMap((rule) => rangesIn(rule, direction)));
      const sum: readonly Opening[] = together
        ? [{ at, reach: "everywhere", hasPorts: false, written: digestOf(rules as Json) }]
        : [];
      const single = rules.flatMap((rule, index) => {
        const place = `${at}[${index}]`;
        const hasPorts = ["toPorts", "ports", "protocols"].some((key) => listOf(rule[key]).length > 0);
        const isOpen = (reach: Reach): reach is Opening["reach"] => reach !== undefined;
        return dialect(rule, direction, place, kind)
          .filter(isOpen)
          .map((reach) => ({ at: place, reach, hasPorts, written: rule as BlockBody & Json }));
      });
      return single.some(({ reach }) => reach === "everywhere") ? single : [...single, ...sum];
    }),
  );
}

/** Ranges that a rule which allows lets through */
function rangesIn(rule: BlockBody, direction: Direction): readonly string[] {
  const action = rule["action"] ?? "Allow";
  if (action !== "Allow" && action !== "Accept") return [];
  const isOut = direction === "egress";
  const sets = blocksOf(rule, isOut ? "toCIDRSet" : "fromCIDRSet").map((set) => set["cidr"]);
  const side = listOf(rule[isOut ? "destination" : "source"]).filter(isObject);
  const peers = listOf(rule[isOut ? "to" : "from"]).filter(isObject);
  return [
    ...listOf(rule[isOut ? "toCIDR" : "fromCIDR"]),
    ...sets,
    ...side.flatMap((each) => listOf(each["nets"])),
    ...peers.flatMap((each) => listOf(each["networks"])),
    ...peers.flatMap((each) => (isObject(each["ipBlock"]) ? listOf(each["ipBlock"]["cidr"]) : [])),
  ].filter((each): each is string => typeof each === "string");
}

/** @see https://docs.cilium.io/en/stable/security/policy/language/ */
function cilium(rule: BlockBody, direction: Direction, at: string, kind: string): readonly Reach[] {
  const side = direction === "egress" ? "to" : "from";
  const named = Object.keys(rule).filter((key) => (rule[key] ?? null) !== null);
  // An empty rule allows nothing: it denies by default. Ports alone are those of each peer.
  if (named.length > 0 && !named.some((key) => key.startsWith(side) && key !== "toPorts")) return ["everywhere"];
  const at_ = (name: string): string => `${at}.${side}${name}`;
  return [
    ...textsOf(rule, `${side}Entities`, at_("Entities")).map((each) => ENTITIES.get(each)),
    ...textsOf(rule, `${side}CIDR`, at_("CIDR")).map((each) => reachOfRange(each, [], at_("CIDR"))),
    ...blocksOf(rule, `${side}CIDRSet`, at_("CIDRSet")).map((set) =>
      reachOfRange(textOf(set, "cidr", at_("CIDRSet")) ?? "0.0.0.0/32", textsOf(set, "except"), at_("CIDRSet")),
    ),
    ...blocksOf(rule, `${side}Endpoints`, at_("Endpoints")).map((each) =>
      reachOfEndpoints(each, kind, at_("Endpoints")),
    ),
    ...blocksOf(rule, `${side}Nodes`, at_("Nodes")).map((each) =>
      namesNone(each, NO_LABEL, at_("Nodes")) ? ("cluster" as const) : undefined,
    ),
    ...blocksOf(rule, `${side}FQDNs`, at_("FQDNs")).map((name) => reachOfName(textOf(name, "matchPattern") ?? "a.b.c")),
  ];
}

/** In a policy of a namespace, a selector is about its endpoints alone, but where it names the label of namespaces itself. */
function reachOfEndpoints(selector: BlockBody, kind: string, at: string): Reach {
  const isOfAll =
    kind === "CiliumClusterwideNetworkPolicy" || expressionsOf(selector, at).some(({ key }) => ON_EACH_POD.test(key));
  return isOfAll && namesNone(selector, ON_EACH_POD, at) ? "cluster" : undefined;
}

/** Labels that Cilium adds to each pod, some of them once per label of its namespace */
const ON_EACH_POD =
  /^(?:(?:k8s|any)[:.])?io\.(?:kubernetes\.pod\.namespace|cilium\.k8s\.(?:policy\.(?:cluster|serviceaccount)|namespace\.labels\.kubernetes\.io\/metadata\.name))$/;

/** No label is on each node. */
const NO_LABEL = /^$/;

const ENTITIES: ReadonlyMap<string, Reach> = new Map([
  ["all", "everywhere"],
  ["cluster", "cluster"],
  ["world", "everywhere"],
  ["world-ipv4", "everywhere"],
  ["world-ipv6", "everywhere"],
] as const);

/** Names of one label after the wildcard, such as `*.com`, are of everyone. */
function reachOfName(pattern: string): Reach {
  return /^[*.]*(?:\.?[a-z]+)?$/i.test(pattern) && pattern.includes("*") ? "everywhere" : undefined;
}

const NAMES_PEERS = ["domains", "namespaceSelector", "nets", "selector", "serviceAccounts", "services"];

/** Selectors, without spaces, that are empty, leave out alone, or ask for a label that all namespaces have */
const FOR_ALL =
  /^(?:|all\(\)|global\(\)|!has\([^)]*\)|has\((?:projectcalico\.org\/name|kubernetes\.io\/metadata\.name)\)|[\w./-]+(?:!=|notin)[^&|]*)$/;

/** @see https://docs.tigera.io/calico/latest/reference/resources/networkpolicy */
function calico(rule: BlockBody, direction: Direction, at: string, kind: string): readonly Reach[] {
  if (textOf(rule, "action", `${at}.action`) !== "Allow") return [];
  const side = direction === "egress" ? "destination" : "source";
  const place = `${at}.${side}`;
  const peer = blockOf(rule, side, place) ?? {};
  if (!NAMES_PEERS.some((name) => listOf(peer[name]).length > 0)) return ["everywhere"];
  const [pods = "", namespaces = ""] = ["selector", "namespaceSelector"].map((name) =>
    (textOf(peer, name, `${place}.${name}`) ?? "").replace(/\s/g, ""),
  );
  const isForAll = [pods, namespaces].every((each) => FOR_ALL.test(each) || truthOf(each) === true);
  // Without a selector of namespaces, that of pods is about the namespace of the policy.
  const inCluster = namespaces !== "" || (pods !== "" && kind === "GlobalNetworkPolicy");
  return [
    ...textsOf(peer, "nets", `${place}.nets`).map((net) => reachOfRange(net, [], `${place}.nets`)),
    ...textsOf(peer, "domains", `${place}.domains`).map(reachOfName),
    isForAll && inCluster ? "cluster" : undefined,
  ];
}

/** `Pass` leaves the decision to the network policies. @see https://network-policy-api.sigs.k8s.io/reference/spec/ */
function admin(rule: BlockBody, direction: Direction, at: string): readonly Reach[] {
  const action = textOf(rule, "action", `${at}.action`);
  if (action !== "Allow" && action !== "Accept") return [];
  const side = direction === "egress" ? "to" : "from";
  return blocksOf(rule, side, `${at}.${side}`).flatMap((peer) => {
    const place = `${at}.${side}`;
    const selectors = [blockOf(peer, "namespaces", place), blockOf(peer, "pods", place)];
    return [
      ...textsOf(peer, "networks", `${place}.networks`).map((net) => reachOfRange(net, [], `${place}.networks`)),
      ...textsOf(peer, "domainNames", `${place}.domainNames`).map(reachOfName),
      selectors.some((each) => each !== undefined && selectsAll(each, place)) ? ("cluster" as const) : undefined,
    ];
  });
}

/** @see https://antrea.io/docs/main/docs/antrea-network-policy/ */
function antrea(rule: BlockBody, direction: Direction, at: string, kind: string): readonly Reach[] {
  if (textOf(rule, "action", `${at}.action`) !== "Allow") return [];
  const side = direction === "egress" ? "to" : "from";
  const place = `${at}.${side}`;
  const peers = blocksOf(rule, side, place);
  if (peers.length === 0 && listOf(rule["toServices"]).length === 0) return ["everywhere"];
  return peers.flatMap((peer) => {
    const range = blockOf(peer, "ipBlock", place);
    const name = textOf(peer, "fqdn", `${place}.fqdn`);
    const pods = blockOf(peer, "podSelector", place);
    const namespaces = blockOf(peer, "namespaceSelector", place);
    // Without a selector of namespaces, a policy of the cluster is about the pods of each.
    const isOfCluster = namespaces !== undefined || (pods !== undefined && kind === "ClusterNetworkPolicy");
    const isForAll = [pods ?? {}, namespaces ?? {}].every((each) => namesNone(each, ON_EACH_NAMESPACE, place));
    return [
      range === undefined
        ? undefined
        : reachOfRange(textOf(range, "cidr", place) ?? "0.0.0.0/32", textsOf(range, "except"), place),
      name === undefined ? undefined : reachOfName(name),
      isOfCluster && peer["namespaces"] === undefined && isForAll ? ("cluster" as const) : undefined,
    ];
  });
}

/** No label in it is named, nor in the selectors of namespaces and pods within */
function selectsAll(selector: BlockBody, at: string): boolean {
  const parts = ["namespaceSelector", "podSelector"].flatMap((name) => blocksOf(selector, name, at));
  return [selector, ...parts].every((each) => namesNone(each, ON_EACH_NAMESPACE, at));
}
