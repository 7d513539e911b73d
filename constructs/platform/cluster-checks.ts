import { plainString, refuse, shown } from "../../domain";
import { checkedCidr } from "./network";
import type { ClusterProps } from "./platform-props";
import { count, issuer } from "./platform-checks";

/** Kubernetes users and groups */
export interface Principals {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

/** Each mistake here would only show at apply, or open what should be closed. */
export function cluster(props: ClusterProps, where: string): ClusterProps {
  if (plainString(props.name, where, "cluster.name") === "example-cluster") {
    refuse(
      "platform.malformed",
      where,
      `cluster.name must be that of the cluster, got the example ${shown(props.name)}`,
    );
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(props.name)) {
    // EKS CreateCluster, name; it is also a segment of the SPIFFE IDs of SPIRE's agents.
    const what = "cluster.name must be 1 to 100 letters, digits, dashes and underscores";
    refuse("platform.malformed", where, `${what}, got ${shown(props.name)}`);
  }
  if (props.dns !== undefined) somePods(props.dns, where, "cluster.dns");
  if (props.collector !== undefined) collector(props.collector, where);
  if (props.monitoring !== undefined) somePods(props.monitoring, where, "cluster.monitoring");
  if (!/^https:\/\/[^\s/]+$/.test(plainString(props.endpoint, where, "cluster.endpoint"))) {
    const what = "cluster.endpoint must be the https address of the API server";
    refuse("platform.malformed", where, `${what}, got ${shown(props.endpoint)}`);
  }
  const pem = Buffer.from(plainString(props.certificateAuthority, where, "cluster.certificateAuthority"), "base64");
  if (!pem.toString("utf8").startsWith("-----BEGIN CERTIFICATE-----")) {
    refuse("platform.malformed", where, "cluster.certificateAuthority must be base64 of a PEM certificate");
  }
  count(props.nodes, where, "cluster.nodes");
  for (const property of ["nodeCidrs", "apiServerCidrs"] as const)
    ranges(props[property], where, `cluster.${property}`);
  return { ...props, oidcIssuer: issuer(props.oidcIssuer, where, "cluster.oidcIssuer") };
}

function ranges(cidrs: readonly string[], where: string, property: string): void {
  // A network policy's rule without an address range means every address.
  if (cidrs.length === 0) refuse("platform.malformed", where, `${property} must name at least one range, got []`);
  for (const cidr of cidrs) checkedCidr(cidr, where, property);
}

const WHOSE = {
  "cluster.collector": "the collector's pods",
  "cluster.dns": "the DNS pods",
  "cluster.monitoring": "the pods that read metrics",
} as const;

function collector(props: NonNullable<ClusterProps["collector"]>, where: string): void {
  if (props === "deployed") return;
  if (typeof props === "string") {
    const fix = 'write "deployed", or { address, namespace, podLabels } of your own';
    refuse("platform.malformed", where, `cluster.collector must be "deployed" or pods, got ${shown(props)}: ${fix}`);
  }
  const { address } = props;
  plainString(address, where, "cluster.collector.address");
  const url = URL.canParse(address) ? new URL(address) : undefined;
  // Network policies open its port.
  if (!/^https?:$/.test(url?.protocol ?? "") || url?.origin !== address || url.port === "") {
    const what = "cluster.collector.address must be an http or https origin with a port that is not the usual one";
    const fix = 'write one such as "http://ambit-collector.monitoring.svc:4318"';
    refuse("platform.malformed", where, `${what}, got ${shown(address)}: ${fix}`);
  }
  somePods(props, where, "cluster.collector");
}

function somePods(
  { namespace, podLabels }: NonNullable<ClusterProps["dns"]>,
  where: string,
  property: keyof typeof WHOSE,
): void {
  plainString(namespace, where, `${property}.namespace`);
  // No label would select every pod of the namespace.
  if (Object.keys(podLabels).length === 0) {
    const what = `${property}.podLabels must name at least one label of ${WHOSE[property]}`;
    refuse("platform.malformed", where, `${what}, got {}`);
  }
  for (const [key, value] of Object.entries(podLabels)) plainString(value, where, `${property}.podLabels.${key}`);
}

/** Built-in user and groups that include all users, all service accounts or anonymous clients */
const BROAD_SUBJECTS = ["system:anonymous", "system:authenticated", "system:serviceaccounts", "system:unauthenticated"];

export function deployers(props: ClusterProps["deployers"], where: string): Principals {
  const { users = [], groups = [] } = props ?? { groups: ["ambit:deployers"] };
  if (users.length + groups.length === 0) {
    refuse("platform.malformed", where, "cluster.deployers must name at least one user or group, got none");
  }
  return narrowSubjects(
    { users, groups },
    where,
    "cluster.deployers",
    "name the users or groups that deploy the platform",
  );
}

/** @throws DeclarationError `platform.malformed` */
export function narrowSubjects(
  { users, groups }: Principals,
  where: string,
  property: string,
  fix: string,
): Principals {
  for (const name of [...users, ...groups]) {
    if (BROAD_SUBJECTS.includes(plainString(name, where, property))) {
      refuse(
        "platform.malformed",
        where,
        `${property} must not include every user or service account, got ${shown(name)}: ${fix}`,
      );
    }
  }
  return { users: [...users], groups: [...groups] };
}
