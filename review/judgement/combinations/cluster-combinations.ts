import { RESOURCE, type Right, roleType } from "../../reach/kubernetes/rights/right";
import type { Box, Values } from "../../reach/kubernetes/sets/box";
import { TextValues } from "../../reach/kubernetes/sets/text-values";
import type { Ability, Held } from "./ability";

interface Power {
  readonly what: string;
  readonly question: Box;
}

/** Roles of the cluster itself that give all of what is asked for here but the far-reaching verbs */
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

/** Each leads to every right by itself. Source: Kubernetes, "RBAC good practices", privilege escalation risks */
const FAR_REACHING: readonly Power[] = [
  {
    what: "it may give rights that it does not have",
    question: asked(["rbac.authorization.k8s.io"], ["clusterroles", "roles"], [""], ["bind", "escalate"]),
  },
  {
    what: "it may act as somebody else",
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

/** What somebody's rights in a cluster are good for together */
export function clusterCombinations(rights: readonly Right[]): readonly Held[] {
  const secrets = holding(rights, SECRETS);
  const runs = RUNS.map((power) => holding(rights, power)).find((one) => one !== undefined);
  return [
    ...FAR_REACHING.flatMap((power): readonly Held[] => {
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

/** The rules of these roles stand nowhere here, and are known: secrets, pods and workloads, but no right over rights. */
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
