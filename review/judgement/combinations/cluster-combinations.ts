import { RESOURCE, type Right, roleType } from "../../reach/kubernetes/rights/right";
import type { Box, Values } from "../../reach/kubernetes/sets/box";
import { TextValues } from "../../reach/kubernetes/sets/text-values";
import type { Ability, StateCombination } from "../../review";
import { SCALES } from "../../../iam/conditions/scales";
import { type Interval, IntervalSet } from "../../../iam/sets/interval-set";
import type { ClusterState } from "../../reach/kubernetes/cluster-state";
import { PEER } from "../../reach/kubernetes/network/peers";
import { trafficAllowed } from "../../reach/kubernetes/network/policies";
import { addressOf, type Principal } from "../../reach/kubernetes/principal";
import type { NumberValues } from "../../reach/kubernetes/sets/number-values";

interface Power {
  readonly what: string;
  readonly question: Box;
}

/** Built-in roles of the cluster with all of these rights except the far-reaching verbs */
const EDITORS = [roleType("ClusterRole", "edit"), roleType("ClusterRole", "admin")];

const SECRETS: Power = { what: "reads secrets", question: asked([""], ["secrets"], [""], ["get", "list", "watch"]) };

const RUNS: readonly Power[] = [
  { what: "creates pods", question: asked([""], ["pods", "replicationcontrollers"], [""], ["create"]) },
  {
    what: "creates workloads",
    question: asked(
      ["apps", "batch"],
      ["cronjobs", "daemonsets", "deployments", "jobs", "replicasets", "statefulsets"],
      [""],
      ["create", "patch", "update"],
    ),
  },
  {
    what: "runs commands in pods",
    question: asked([""], ["pods"], ["attach", "ephemeralcontainers", "exec"], ["create", "get", "patch", "update"]),
  },
];

/** Each leads to every right on its own. Source: Kubernetes, "RBAC good practices", privilege escalation risks */
const FAR_REACHING: readonly Power[] = [
  {
    what: "it may give rights that it does not have",
    question: asked(["rbac.authorization.k8s.io"], ["clusterroles", "roles"], [""], ["bind", "escalate"]),
  },
  {
    what: "it may act as another principal",
    question: asked(
      ["", "authentication.k8s.io"],
      ["groups", "serviceaccounts", "uids", "userextras", "users"],
      undefined,
      ["impersonate"],
    ),
  },
  {
    what: "it may make tokens of service accounts",
    question: asked([""], ["serviceaccounts"], ["token"], ["create"]),
  },
];

/** Dangerous combinations of a principal's rights in a cluster */
export function clusterCombinations(rights: readonly Right[]): readonly StateCombination[] {
  const secrets = holding(rights, SECRETS);
  const runs = RUNS.map((power) => holding(rights, power)).find((one) => one !== undefined);
  return [
    ...FAR_REACHING.flatMap((power): readonly StateCombination[] => {
      const found = holding(rights, power);
      return found === undefined ? [] : [{ code: "cluster-takeover", what: power.what, parts: [found] }];
    }),
    ...(secrets === undefined || runs === undefined
      ? []
      : [
          {
            code: "cluster-takeover",
            what: "it may run as other service accounts of a namespace, and reads secrets",
            parts: [runs, secrets],
          },
        ]),
  ];
}

/** Secrets of a cluster that it may read */
export function readsClusterSecrets(rights: readonly Right[]): Ability | undefined {
  return holding(rights, SECRETS);
}

function holding(rights: readonly Right[], { what, question }: Power): Ability | undefined {
  const right = rights.find(({ box }) => meets(box, question) || isEditor(box, question));
  if (right === undefined) return undefined;
  const verb = right.verb === "" ? "" : `${right.verb} `;
  return { what: `${what}: ${verb}${right.on}`, source: { address: right.address } };
}

function meets(box: Box, question: Box): boolean {
  return [...question].every(([dimension, values]) => {
    const own = box.get(dimension);
    return own === undefined || !and(own, values).isEmpty;
  });
}

/** The rules of these roles are known without being in the folder: secrets, pods and workloads, but no right over rights. */
function isEditor(box: Box, question: Box): boolean {
  const type = box.get("type");
  if (type === undefined || and(type, TextValues.of(EDITORS)).isEmpty) return false;
  return [SECRETS, ...RUNS].some((power) => power.question === question);
}

function and(one: Values, other: Values): Values {
  return one.and(other as never);
}

function asked(
  groups: readonly string[],
  resources: readonly string[],
  subresources: readonly string[] | undefined,
  verbs: readonly string[],
): Box {
  return new Map<string, Values>([
    ["type", TextValues.of([RESOURCE])],
    ["group", TextValues.of(groups)],
    ["resource", TextValues.of(resources)],
    ...(subresources === undefined ? [] : [["subresource", TextValues.of(subresources)] as const]),
    ["verb", TextValues.of(verbs)],
  ]);
}

/** Addresses that are not public. Source: IANA IPv4 and IPv6 special-purpose address registries */
const PRIVATE = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "224.0.0.0/3",
];
const PUBLIC_4 = blocks(["0.0.0.0/0"]).intersect(blocks(PRIVATE).complement(SCALES.ip.universe));
const PUBLIC_6 = blocks(["2000::/3"]);

/** More addresses than one organisation has: leaving out a few is as open as all. */
const MANY_4 = 2n ** 24n;
const MANY_6 = 2n ** 112n;

/** Whether pods of a principal may send to almost any public address */
export function sendsAnywhere(principal: Principal, { policies, cluster }: ClusterState): Ability | undefined {
  const known = { names: [], labelsOf: (name: string) => cluster.labelsOf(name) };
  for (const selecting of policies.selecting(principal).pods) {
    const traffic = trafficAllowed(selecting, "egress", known).filter(({ box }) => isToAddresses(box));
    const open = traffic.flatMap(
      ({ box }) => (box.get("address") as NumberValues | undefined)?.set.intervals ?? [SCALES.ip.universe],
    );
    if (!isMost(IntervalSet.of(open))) continue;
    const address = traffic[0]?.address ?? addressOf(principal);
    return { what: "its pods may send to any public address", source: { address } };
  }
  return undefined;
}

function isToAddresses(box: Box): boolean {
  const peer = box.get("peer");
  return peer === undefined || !peer.and(TextValues.of([PEER.address]) as never).isEmpty;
}

function isMost(open: IntervalSet): boolean {
  return size(open.intersect(PUBLIC_4)) > MANY_4 || size(open.intersect(PUBLIC_6)) > MANY_6;
}

function size({ intervals }: IntervalSet): bigint {
  return intervals.reduce((sum, { from, to }) => sum + to - from + 1n, 0n);
}

function blocks(cidrs: readonly string[]): IntervalSet {
  return IntervalSet.of(cidrs.map((cidr) => SCALES.ip.range(cidr) as Interval));
}
