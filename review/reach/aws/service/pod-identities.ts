import type { Unknown } from "../../../change";
import { isObject, member } from "../../../read/json";
import { type Estate, type Resource, resourcesOf } from "../../../read/resource";
import type { Admission, ServedRole } from "./admission";
import { unreadArguments, unreadNames } from "./unread-arguments";

/** Pods of one service account that get a role by EKS Pod Identity */
export interface PodIdentity extends ServedRole {
  /** In words, such as `pods of research/web-reader in cluster prod` */
  readonly who: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly address: string;
}

export interface PodIdentities {
  readonly identities: readonly PodIdentity[];
  readonly unknown: readonly Unknown[];
}

const SERVICE = "pods.eks.amazonaws.com";
const KNOWN = ["cluster_name", "namespace", "service_account", "role_arn", "target_role_arn", "disable_session_tags"];
/** Added by AWS and by the provider to a created association */
const COMPUTED = ["association_arn", "association_id", "external_id"];

/** Source: EKS user guide, pod-identities and pod-id-abac; AWS provider, aws_eks_pod_identity_association */
export function podIdentities(estate: Estate, admission: Admission): PodIdentities {
  const all = resourcesOf(estate, "aws_eks_pod_identity_association").map((association) =>
    identity(association, admission, estate),
  );
  return {
    identities: all.flatMap(({ identities }) => identities),
    unknown: all.flatMap(({ unknown }) => unknown),
  };
}

function identity(association: Resource, admission: Admission, estate: Estate): PodIdentities {
  const { address, stack, values } = association;
  const [cluster, namespace, serviceAccount, role, target] = KNOWN.map((name) => values[name]);
  const unread = unreadArguments(association, [...KNOWN, ...COMPUTED]);
  if (![cluster, namespace, serviceAccount, role].every((value) => typeof value === "string")) {
    const why = "cluster_name, namespace, service_account and role_arn must be texts";
    return { identities: [], unknown: [...unread, { what: "which pods become a role", why, source: { address } }] };
  }
  const untagged = values["disable_session_tags"] ?? false;
  const tags = {
    "aws:RequestTag/eks-cluster-name": String(cluster),
    "aws:RequestTag/kubernetes-namespace": String(namespace),
    "aws:RequestTag/kubernetes-service-account": String(serviceAccount),
  };
  const first = admission.served(String(role), stack, SERVICE, untagged === false ? { StringEquals: tags } : undefined);
  // The role of the association assumes it as any role does: its chain decides.
  const second = typeof target === "string" ? [admission.named(target, stack)] : [];
  const suffixes = [
    regionOf(association, estate),
    ...(untagged === false ? [] : [", whose sessions have no tags"]),
    ...unreadNames(association, [...KNOWN, ...COMPUTED]).map((name) => `, with ${name}`),
  ];
  const who = `pods of ${String(namespace)}/${String(serviceAccount)} in cluster ${String(cluster)}`;
  const of = {
    who: `${who}${suffixes.join("")}`,
    namespace: String(namespace),
    serviceAccount: String(serviceAccount),
    address,
  };
  const served = first === undefined ? [] : [first, ...second];
  return { identities: served.map((one) => ({ ...one, ...of })), unknown: unread };
}

/** Clusters of two regions may have one name. */
function regionOf({ stack, values }: Resource, { providers }: Estate): string {
  const region = values["region"] ?? null;
  const settings = providers.get(`${stack}/aws`);
  if (region === null || (isObject(settings) && region === member(settings, "region"))) return "";
  return ` of region ${typeof region === "string" ? region : JSON.stringify(region)}`;
}
