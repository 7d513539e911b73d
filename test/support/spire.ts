import type { Construct } from "constructs";
import type { Platform } from "../../constructs";
import { BundlePublisher, UpstreamAuthority } from "../../constructs/spire";
import { SpireServer } from "../../constructs/spire/spire-server";
import type { SpireServerDatabase, SpireServerProps } from "../../constructs/spire/spire-server-props";
import { newStack, Template } from "./synth";

export const CA_ARN =
  "arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/0e0e0e0e-0000-4000-8000-000000000001";
export const ANCHOR_ARN =
  "arn:aws:rolesanywhere:eu-central-1:111122223333:trust-anchor/0e0e0e0e-0000-4000-8000-000000000002";

const CONNECTION = "dbname=spire user=spire host=db.acme.example port=5432";

/** An existing PostgreSQL */
export function databaseWith(changes: Partial<SpireServerDatabase> = {}): SpireServerDatabase {
  return {
    connectionString: `${CONNECTION} sslmode=verify-full sslrootcert=/run/spire/rds/ca.pem`,
    certificateAuthorities: "-----BEGIN CERTIFICATE-----\nexample\n-----END CERTIFICATE-----\n",
    cidrs: ["10.0.48.0/24"],
    ready: [],
    ...changes,
  };
}

export const ROLE = {
  roleArn: "arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-spire-server",
  keyTags: { "ambit-platform": "prod" },
};

export const SERVER_LABELS = { "app.kubernetes.io/name": "spire-server", "app.kubernetes.io/part-of": "spire" };

export const privateCa = UpstreamAuthority.awsPrivateCa({ certificateAuthorityArn: CA_ARN, region: "eu-central-1" });
export const upstreamSpire = UpstreamAuthority.spire({
  serverAddress: "spire.root.acme.example",
  csiDriver: "upstream.csi.spiffe.io",
});
export const bucketPublisher = BundlePublisher.s3({
  region: "eu-central-1",
  bucket: "acme-bundles",
  objectKey: "prod/keys",
});
export const anchorPublisher = BundlePublisher.rolesAnywhere({ trustAnchorArn: ANCHOR_ARN });

/** Highly available servers, with some properties changed */
export function serverIn(scope: Construct, changes: Partial<SpireServerProps> = {}): SpireServer {
  return new SpireServer(scope, "Server", { database: databaseWith(), role: ROLE, ...changes });
}

/** What they become */
export function serverWith(changes: Partial<SpireServerProps> = {}, platform?: Platform): Template {
  const stack = newStack(platform);
  serverIn(stack, changes);
  return Template.of(stack);
}

/** The one server that keeps a file for a database */
export function embeddedWith(...props: [object?]): Template {
  const stack = newStack();
  SpireServer.embedded(stack, "Server", ...props);
  return Template.of(stack);
}

type Attributes = Readonly<Record<string, unknown>>;

export interface Container extends Attributes {
  readonly name: string;
  readonly volume_mount: readonly { readonly name: string; readonly mount_path: string; readonly read_only?: true }[];
}

export interface Pod extends Attributes {
  readonly container: readonly Container[];
  readonly volume: readonly ({ readonly name: string } & Attributes)[];
}

/** The pod of a StatefulSet, DaemonSet or Deployment, with its labels and annotations */
export function podOf(workload: Attributes) {
  const { template } = workload.spec as {
    template: { metadata: { labels: Attributes; annotations?: Attributes }; spec: Pod };
  };
  return { ...template.metadata, pod: template.spec };
}

/** `<namespace>/<name>: <rules>` of every role, and who has it */
export function rightsIn({ json }: Template) {
  const of = (type: string) => Object.values(json.resource?.[type] ?? {}) as unknown as readonly Role[];
  const named = ({ metadata }: Role) => `${metadata.namespace ?? "*"}/${metadata.name}`;
  const roles = [...of("kubernetes_cluster_role_v1"), ...of("kubernetes_role_v1")];
  const bindings = [...of("kubernetes_cluster_role_binding_v1"), ...of("kubernetes_role_binding_v1")];
  return {
    rules: Object.fromEntries(roles.map((role) => [named(role), role.rule.map(ruleText)])),
    subjects: Object.fromEntries(
      bindings.map((binding) => [
        named(binding),
        binding.subject.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name} as ${binding.role_ref.name}`),
      ]),
    ),
  };
}

interface Role {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rule: readonly Readonly<
    Record<"api_groups" | "resources" | "resource_names" | "verbs", readonly string[]>
  >[];
  readonly subject: readonly Readonly<Record<"kind" | "namespace" | "name", string>>[];
  readonly role_ref: { readonly name: string };
}

function ruleText({ api_groups, resources, resource_names, verbs }: Role["rule"][number]): string {
  const names = resource_names === undefined ? "" : ` ${resource_names.join(",")}`;
  return `${verbs.join(",")} ${api_groups.join(",")}/${resources.join(",")}${names}`;
}

/** Peers and ports of a network policy, one line per pair; `*` where a rule names none */
export function waysOf(policy: Attributes): { readonly in: readonly string[]; readonly out: readonly string[] } {
  const { ingress = [], egress = [] } = policy.spec as { ingress?: readonly Way[]; egress?: readonly Way[] };
  const lines = (ways: readonly Way[]) =>
    ways.flatMap(({ from, to, ports }) =>
      (from ?? to ?? [undefined]).flatMap((peer) =>
        ports.map(({ port, protocol }) => `${peer === undefined ? "*" : placeOf(peer)} ${protocol}/${port}`),
      ),
    );
  return { in: lines(ingress), out: lines(egress) };
}

interface Peer {
  readonly ip_block?: { readonly cidr: string };
  readonly namespace_selector?: { readonly match_labels: Readonly<Record<string, string>> };
  readonly pod_selector?: { readonly match_labels: Readonly<Record<string, string>> };
}

interface Way {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports: readonly { readonly port: string; readonly protocol: string }[];
}

function placeOf({ ip_block, namespace_selector, pod_selector }: Peer): string {
  if (ip_block !== undefined) return ip_block.cidr;
  const labels = Object.entries(pod_selector?.match_labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return `${namespace_selector?.match_labels["kubernetes.io/metadata.name"]}[${labels.join(",")}]`;
}
