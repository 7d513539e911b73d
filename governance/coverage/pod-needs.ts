import type { PodOfPlatform } from "../../constructs/platform/process";
import { isRecord } from "../../domain/is-record";
import { policiesOfRole, rolesAt } from "./agent-parts";
import { inner, type Located, type Output, textIn } from "./output";

/** Annotation of a service account, by which EKS gives its pods a role */
const ROLE_OF_ACCOUNT = "eks.amazonaws.com/role-arn";

/** Whether what pods cannot run without is there too: their namespace, service account, files, and the role that they take in AWS */
export function hasNeeds(
  pods: Located,
  { namespace, processes, initial = [] }: PodOfPlatform,
  output: Output,
): boolean {
  const accounts = output.object(
    "kubernetes_service_account_v1",
    namespace,
    textIn(podSpec(pods), "service_account_name") ?? "",
  );
  return (
    output.object("kubernetes_namespace_v1", "", namespace).length > 0 &&
    accounts.length > 0 &&
    [...processes, ...initial].every(({ config: { map } }) => hasMap(output, namespace, map)) &&
    [...rolesOf(pods), ...accounts.flatMap(roleOfAccount)].every((arn) => hasRole(output, arn, pods))
  );
}

function hasMap(output: Output, namespace: string, name: string): boolean {
  return output.object("kubernetes_config_map_v1", namespace, name).length > 0;
}

/** A role with rights. A reference is known by what it names. */
export function hasRole(output: Output, arn: string, { stack }: Located): boolean {
  const referred = stack.referred(arn)?.block;
  const roles =
    referred === undefined ? rolesAt(output, arn) : output.of("aws_iam_role").filter(({ block }) => block === referred);
  return roles.some((role) => policiesOfRole(output, role).length > 0);
}

export function podSpec({ block }: Located): Readonly<Record<string, unknown>> {
  return inner(inner(inner(block.body, "spec"), "template"), "spec");
}

/** Roles that containers of the pods take by a token of their own */
export function rolesOf(pods: Located): readonly string[] {
  const containers = podSpec(pods)["container"];
  return (Array.isArray(containers) ? (containers as readonly unknown[]) : []).flatMap((each) => {
    const variables = isRecord(each) && Array.isArray(each["env"]) ? (each["env"] as readonly unknown[]) : [];
    return variables.flatMap((variable) =>
      textIn(variable, "name") === "AWS_ROLE_ARN" ? (textIn(variable, "value") ?? []) : [],
    );
  });
}

function roleOfAccount({ block }: Located): readonly string[] {
  const role = textIn(inner(inner(block.body, "metadata"), "annotations"), ROLE_OF_ACCOUNT);
  return role === undefined ? [] : [role];
}

/** For each container the role of the cluster that is named as it is, and the binding to the pods' account; none if one is missing */
export function clusterRights(
  pods: Located,
  { namespace, processes }: PodOfPlatform,
  output: Output,
): readonly Located[] {
  const account = textIn(podSpec(pods), "service_account_name");
  const isBound = ({ block }: Located): boolean => {
    const { kind, name, namespace: within } = inner(block.body, "subject");
    return kind === "ServiceAccount" && name === account && within === namespace;
  };
  const found = processes.map(({ container }) => {
    const roles = output.object("kubernetes_cluster_role_v1", "", container);
    const bindings = output.by("bound", "kubernetes_cluster_role_binding_v1", container, boundRole).filter(isBound);
    return roles.length === 0 || bindings.length === 0 ? [] : [...roles, ...bindings];
  });
  return found.some((each) => each.length === 0) ? [] : found.flat();
}

function boundRole({ block }: Located): string | undefined {
  return textIn(inner(block.body, "role_ref"), "name");
}
