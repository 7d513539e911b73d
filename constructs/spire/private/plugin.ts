import { refuse, shown } from "../../../domain";
import { isObject, type JsonObject, type JsonValue } from "./json";

export type PluginType =
  | "BundlePublisher"
  | "CredentialComposer"
  | "DataStore"
  | "KeyManager"
  | "NodeAttestor"
  | "UpstreamAuthority"
  | "WorkloadAttestor";

export interface Plugin {
  readonly type: PluginType;
  readonly name: string;
  readonly data: JsonObject;
}

/**
 * Every key that a plugin of SPIRE 1.15 reads, nested ones by their path (`*` is a name that the user chooses).
 *
 * `spire-server validate` does not detect misspelt keys in a plugin, so keys that are not listed here are refused.
 * Source: the configuration structs of SPIRE 1.15.3.
 */
export const PLUGIN_KEYS: Readonly<Record<string, readonly string[]>> = {
  "DataStore sql": [
    "connection_string",
    "conn_max_lifetime",
    "database_type",
    "database_type.aws_postgres.region",
    "disable_migration",
    "max_idle_conns",
    "max_open_conns",
    "ro_connection_string",
  ],
  "NodeAttestor k8s_psat": [
    // The agent's
    "cluster",
    "token_path",
    // The server's
    "clusters.*.allowed_node_label_keys",
    "clusters.*.allowed_pod_label_keys",
    "clusters.*.audience",
    "clusters.*.kube_config_file",
    "clusters.*.service_account_allow_list",
    "clusters.*.use_pod_uid_for_agent_id",
  ],
  "KeyManager aws_kms": [
    "enable_tag_based_key_discovery",
    "key_identifier_file",
    "key_policy_file",
    "key_tags.*",
    "region",
  ],
  "KeyManager disk": ["directory", "keys_path"],
  "KeyManager memory": [],
  "UpstreamAuthority aws_pca": [
    "assume_role_arn",
    "ca_signing_template_arn",
    "certificate_authority_arn",
    "region",
    "signing_algorithm",
    "supplemental_bundle_path",
  ],
  "UpstreamAuthority disk": ["bundle_file_path", "cert_file_path", "key_file_path"],
  "UpstreamAuthority spire": ["server_address", "server_port", "workload_api_socket"],
  "BundlePublisher k8s_configmap": [
    "clusters.*.configmap_key",
    "clusters.*.configmap_name",
    "clusters.*.format",
    "clusters.*.kubeconfig_path",
    "clusters.*.namespace",
    "clusters.*.refresh_hint",
  ],
  "BundlePublisher aws_s3": ["bucket", "format", "object_key", "refresh_hint", "region"],
  "BundlePublisher aws_rolesanywhere_trustanchor": ["region", "trust_anchor_id"],
  "CredentialComposer uniqueid": [],
  "WorkloadAttestor k8s": [
    "disable_container_selectors",
    "enable_namespace_labels",
    "kubelet_ca_path",
    "kubelet_secure_port",
    "max_poll_attempts",
    "node_name_env",
    "poll_retry_interval",
    "reload_interval",
    "use_new_container_locator",
    "verbose_container_locator_logs",
  ],
  "WorkloadAttestor unix": ["discover_workload_path", "workload_size_limit"],
};

/** HCL's form of a list of plugins: one object per plugin, named by its only key. */
export function pluginBlocks(plugins: readonly Plugin[], where: string): JsonObject {
  const types = [...new Set(plugins.map(({ type }) => type))];
  for (const plugin of plugins) checkKeys(plugin, where);
  return Object.fromEntries(
    types.map((type) => [
      type,
      plugins
        .filter((plugin) => plugin.type === type)
        .map(({ name, data }) => ({ [name]: Object.keys(data).length === 0 ? {} : { plugin_data: data } })),
    ]),
  );
}

/**
 * Plugins that settings add, in the form in which the others are rendered: a list per type, one plugin a block.
 *
 * @throws DeclarationError `spire.malformed`
 */
export function checkBlocks(plugins: JsonObject, where: string): void {
  for (const [type, blocks] of Object.entries(plugins)) {
    for (const block of Array.isArray(blocks) ? (blocks as readonly JsonValue[]) : [blocks]) {
      const [named, ...more] = isObject(block) ? Object.entries(block) : [];
      const [name, body] = named ?? [];
      if (name === undefined || more.length > 0 || !isObject(body) || Object.keys(body).some(isForeign)) {
        const what = `plugins.${type} must be a list such as [{ "name": { "plugin_data": {…} } }]`;
        refuse("spire.malformed", where, `${what}, got ${shown(block)}`);
      }
      checkKeys({ type: type as PluginType, name, data: (body.plugin_data ?? {}) as JsonObject }, where);
    }
  }
}

function isForeign(key: string): boolean {
  return key !== "plugin_data";
}

/** @throws DeclarationError `spire.malformed` for a plugin or key that SPIRE would ignore or not know. */
export function checkKeys({ type, name, data }: Plugin, where: string): void {
  const known = PLUGIN_KEYS[`${type} ${name}`];
  if (known === undefined) {
    const names = Object.keys(PLUGIN_KEYS).filter((key) => key.startsWith(`${type} `));
    const sentence = `plugins.${type} ${shown(name)} is unknown to Ambit`;
    refuse("spire.malformed", where, `${sentence}: it knows ${names.join(", ") || "none of this type"}`);
  }
  const unknown = pathsOf(data).find((path) => !known.some((key) => matches(path, key)));
  if (unknown !== undefined) {
    const sentence = `plugins.${type} ${name} has no key ${shown(unknown)}`;
    refuse("spire.malformed", where, `${sentence}: it takes ${known.join(", ") || "none"}`);
  }
}

/** Paths of the values, lists of blocks (HCL) looked into */
export function pathsOf(data: unknown, path = ""): readonly string[] {
  if (Array.isArray(data)) {
    const blocks = data.filter((item) => typeof item === "object");
    return blocks.length === 0 ? [path] : blocks.flatMap((item) => pathsOf(item, path));
  }
  if (typeof data !== "object" || data === null) return [path];
  return Object.entries(data).flatMap(([key, value]) => pathsOf(value, path === "" ? key : `${path}.${key}`));
}

function matches(path: string, known: string): boolean {
  const [parts, wanted] = [path.split("."), known.split(".")];
  // A name of the user's may hold dots, and is then the rest.
  const isLongEnough = parts.length === wanted.length || (parts.length > wanted.length && wanted.at(-1) === "*");
  return isLongEnough && wanted.every((part, at) => part === "*" || part === parts[at]);
}
