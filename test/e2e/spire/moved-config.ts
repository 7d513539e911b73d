import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Suite } from "../harness/suite";
import type { Config } from "./configurations";
import type { SpirePrograms } from "./programs";
import { type SpireServer, startServer } from "./spire";
import type { ServerConfig } from "./spire-config";

const TLS_FILES = "/run/spire/bundle-endpoint";

/** What `started` and `moved` change, besides leaving `telemetry` out */
export const MOVED =
  "other than rendered: server.{bind_address,bind_port,socket_path,data_dir}, health_checks, no telemetry, " +
  "paths of sql and disk, and a kubeconfig for k8s_configmap";

export async function started(
  suite: Suite,
  programs: SpirePrograms,
  config: ServerConfig,
  folder: string,
): Promise<SpireServer> {
  mkdirSync(folder, { recursive: true });
  const [{ k8s_configmap }] = config.plugins.BundlePublisher as readonly [{ k8s_configmap: { plugin_data: Clusters } }];
  const kubeconfig_path = kubeconfigOfNobody(folder);
  const clusters = k8s_configmap.plugin_data.clusters.map((named) =>
    Object.fromEntries(Object.entries(named).map(([name, cluster]) => [name, { ...cluster, kubeconfig_path }])),
  );
  const local = withPlugin(config, "BundlePublisher", "k8s_configmap", { clusters });
  const server = await startServer(programs, { config: local, folder });
  suite.afterwards(() => server.process.stop());
  return server;
}

interface Clusters {
  readonly clusters: readonly Readonly<Record<string, Config>>[];
}

/** The publisher does not start without a cluster, and this address is closed. */
function kubeconfigOfNobody(folder: string): string {
  const path = join(folder, "kubeconfig.json");
  const clusters = [{ name: "none", cluster: { server: "https://127.0.0.1:1" } }];
  const contexts = [{ name: "none", context: { cluster: "none", user: "none" } }];
  const users = [{ name: "none", user: {} }];
  const config = { apiVersion: "v1", kind: "Config", clusters, contexts, users, "current-context": "none" };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

/** The embedded server's files in another folder */
export function moved(config: ServerConfig, folder: string): ServerConfig {
  const stored = withPlugin(config, "DataStore", "sql", { connection_string: join(folder, "datastore.sqlite3") });
  return withPlugin(stored, "KeyManager", "disk", { keys_path: join(folder, "keys.json") });
}

export function withPlugin(config: ServerConfig, type: string, name: string, data: Config): ServerConfig {
  const list = config.plugins[type] as readonly Readonly<Record<string, { readonly plugin_data: Config }>>[];
  if (!list.some((named) => Object.hasOwn(named, name))) throw new Error(`there is no ${type} ${name}`);
  const replaced = list.map((named) => {
    const plugin = named[name];
    return plugin === undefined ? named : { [name]: { plugin_data: { ...plugin.plugin_data, ...data } } };
  });
  return { ...config, plugins: { ...config.plugins, [type]: replaced } };
}

/** The same with every key of one name spelt otherwise */
export function changed<C extends Config>(config: C, key: string, spelt: string): C {
  return JSON.parse(JSON.stringify(config).replaceAll(`"${key}":`, `"${spelt}":`)) as C;
}

export function withCertificate<C extends Config>(config: C, { certificate, key }: Certificate): C {
  const text = JSON.stringify(config);
  return JSON.parse(text.replaceAll(`${TLS_FILES}/tls.crt`, certificate).replaceAll(`${TLS_FILES}/tls.key`, key)) as C;
}

export function endpointAt(config: ServerConfig, port: number): ServerConfig {
  const federation = config.server.federation as { readonly bundle_endpoint: Config };
  const bundle_endpoint = { ...federation.bundle_endpoint, address: "127.0.0.1", port };
  return { ...config, server: { ...config.server, federation: { ...federation, bundle_endpoint } } };
}

export interface Certificate {
  /** Paths */
  readonly certificate: string;
  readonly key: string;
  readonly authority: string;
}
