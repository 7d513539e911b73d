import { isOpaque } from "../../reach/kubernetes/objects/values";
import type { Right } from "../../reach/kubernetes/rights/right";
import { RESOURCE } from "../../reach/kubernetes/rights/right";
import type { TextValues } from "../../reach/kubernetes/sets/text-values";

/** A right that leads to the identities of others */
export interface Lead {
  /** In words */
  readonly how: string;
  /** Every account of the right's namespaces, the accounts that it names, or every identity of the cluster */
  readonly takes: "namespace" | "named accounts" | "cluster";
  /** Why it is uncertain */
  readonly unknown?: string;
}

interface Rule extends Lead {
  readonly group: string;
  readonly resources: readonly string[];
  readonly subresource?: readonly string[];
  readonly verbs: readonly string[];
  /** Applies only to a right without a list of names */
  readonly isUnnamed?: true;
}

const WRITES = ["create", "update", "patch"];

/**
 * Source: Kubernetes, "Role Based Access Control Good Practices", privilege escalation risks; for the last, SPIRE
 * controller manager, ClusterSPIFFEID and ClusterStaticEntry.
 */
const RULES: readonly Rule[] = [
  { group: "", resources: ["pods"], verbs: ["create"], how: "runs pods as any account", takes: "namespace" },
  {
    group: "",
    resources: ["replicationcontrollers"],
    verbs: WRITES,
    how: "runs pods as any account",
    takes: "namespace",
  },
  {
    group: "apps",
    resources: ["daemonsets", "deployments", "replicasets", "statefulsets"],
    verbs: WRITES,
    how: "runs pods as any account",
    takes: "namespace",
  },
  {
    group: "batch",
    resources: ["cronjobs", "jobs"],
    verbs: WRITES,
    how: "runs pods as any account",
    takes: "namespace",
  },
  {
    group: "",
    resources: ["pods"],
    subresource: ["attach", "exec"],
    verbs: ["create", "get"],
    how: "runs programs in pods",
    takes: "namespace",
  },
  {
    group: "",
    resources: ["pods"],
    subresource: ["ephemeralcontainers"],
    verbs: ["patch", "update"],
    how: "puts containers into pods",
    takes: "namespace",
  },
  {
    group: "",
    resources: ["secrets"],
    verbs: ["get", "list", "watch"],
    isUnnamed: true,
    how: "reads tokens of accounts",
    takes: "namespace",
  },
  {
    group: "",
    resources: ["serviceaccounts"],
    subresource: ["token"],
    verbs: ["create"],
    how: "issues tokens of accounts",
    takes: "named accounts",
  },
  {
    group: "",
    resources: ["serviceaccounts"],
    verbs: ["impersonate"],
    how: "acts as accounts",
    takes: "named accounts",
  },
  {
    group: "",
    resources: ["users", "groups"],
    verbs: ["impersonate"],
    how: "acts as any user or group",
    takes: "cluster",
  },
  {
    group: "",
    resources: ["nodes"],
    subresource: ["proxy"],
    verbs: ["create", "get"],
    how: "runs programs in pods by the kubelet",
    takes: "cluster",
  },
  {
    group: "rbac.authorization.k8s.io",
    resources: ["clusterroles", "roles"],
    verbs: ["bind", "escalate"],
    how: "gives itself rights",
    takes: "namespace",
  },
  {
    group: "spire.spiffe.io",
    resources: ["clusterspiffeids", "clusterstaticentries"],
    verbs: WRITES,
    how: "gives identities to pods",
    takes: "cluster",
  },
];

const UNREAD_ROLE = /^role ClusterRole (.*)$/;
const OPEN: Lead = {
  how: "a role whose rules are not read",
  takes: "namespace",
  unknown: "the rules of the role are not part of what is read",
};

/** The identities that a right leads to */
export function leadsOf({ box, url }: Right): readonly Lead[] {
  if (url !== undefined) return [];
  const types = box.get("type") as TextValues | undefined;
  if (types !== undefined && !types.has(RESOURCE)) return unreadLeads(types);
  return RULES.filter(
    ({ group, resources, subresource = [""], verbs, isUnnamed }) =>
      may(box.get("group"), [group]) &&
      may(box.get("resource"), resources) &&
      may(box.get("subresource"), subresource) &&
      may(box.get("verb"), verbs) &&
      (isUnnamed !== true || !isNamed(box.get("name"))),
  );
}

/** `admin` and `edit` read secrets and run pods in their namespace; `view` does neither. */
function unreadLeads(types: TextValues): readonly Lead[] {
  const names = [...types.listed].map((type) => UNREAD_ROLE.exec(type)?.[1]);
  if (names.includes("admin") || names.includes("edit")) {
    return [{ how: "runs pods, and reads secrets, as an editor", takes: "namespace" }];
  }
  return names.every((name) => name === "view") ? [] : [OPEN];
}

/** Whether a dimension of a right may hold one of these; a value known only after apply may be any. */
export function may(values: unknown, wanted: readonly string[]): boolean {
  if (values === undefined) return true;
  const set = values as TextValues;
  return wanted.some((one) => set.has(one)) || [...set.listed].some(isOpaque);
}

function isNamed(values: unknown): boolean {
  return values !== undefined && ![...(values as TextValues).listed].some(isOpaque);
}
