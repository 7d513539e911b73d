import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../../cli/dev/free-port";
import { serve, type Server } from "../harness/server";
import { KubeClient } from "./kube-client";
import type { ClusterPrograms } from "./programs";

export const CLUSTER_ISSUER = "https://kubernetes.default.svc";

/** Who may speak to the cluster, and their groups */
const USERS = {
  administrator: ["system:masters"],
  deployer: ["ambit:deployers"],
  mallory: ["developers"],
} as const;

export type UserName = keyof typeof USERS;

/** A Kubernetes API server without nodes: authentication, RBAC and admission are real, no pod runs. */
export interface Cluster {
  readonly url: string;
  /** PEM of what signed the API server's certificate */
  readonly ca: string;
  readonly users: Readonly<Record<UserName, KubeClient>>;
  readonly apiserver: Server;
  /** Key with which it signs the tokens of service accounts (PEM file) */
  readonly tokenKeyFile: string;
  /** A client with any other token, of a service account for example */
  clientWith(token: string): KubeClient;
  /** Write a kubeconfig file for a token. */
  writeKubeconfig(path: string, token: string): string;
  stop(): Promise<void>;
}

export interface ClusterOptions {
  /** Further arguments of kube-apiserver */
  readonly args?: readonly string[];
}

/** Start a cluster that keeps everything in this folder. */
export async function startCluster(
  programs: ClusterPrograms,
  folder: string,
  options: ClusterOptions = {},
): Promise<Cluster> {
  mkdirSync(folder, { recursive: true });
  const { etcd, url: etcdUrl } = await startEtcd(programs.etcd, join(folder, "etcd"));
  try {
    const names = Object.keys(USERS) as UserName[];
    const tokens = names.map((name) => [name, randomBytes(24).toString("hex")] as const);
    const { apiserver, url, ca, tokenKeyFile } = await startApiserver(
      programs.apiserver,
      folder,
      etcdUrl,
      tokens,
      options,
    );
    const clientWith = (token: string): KubeClient => new KubeClient({ url, ca, token });
    const users = Object.fromEntries(tokens.map(([name, token]) => [name, clientWith(token)]));
    return {
      url,
      ca,
      users: users as Record<UserName, KubeClient>,
      apiserver,
      tokenKeyFile,
      clientWith,
      writeKubeconfig: (path, token) => writeKubeconfig(path, url, ca, token),
      stop: async () => {
        await apiserver.stop();
        await etcd.stop();
      },
    };
  } catch (error) {
    await etcd.stop();
    throw error;
  }
}

async function startEtcd(command: string, folder: string): Promise<{ etcd: Server; url: string }> {
  const [clients, peers] = [await localUrl("http"), await localUrl("http")];
  const etcd = await serve({
    name: "etcd",
    command,
    args: [
      ...["--data-dir", folder, "--unsafe-no-fsync"],
      ...["--listen-client-urls", clients, "--advertise-client-urls", clients],
      ...["--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers, "--initial-cluster", `default=${peers}`],
    ],
    ready: async () => (await fetch(`${clients}/readyz`)).ok,
  });
  return { etcd, url: clients };
}

async function startApiserver(
  command: string,
  folder: string,
  etcdUrl: string,
  tokens: readonly (readonly [UserName, string])[],
  { args = [] }: ClusterOptions,
): Promise<Pick<Cluster, "apiserver" | "url" | "ca" | "tokenKeyFile">> {
  const port = await freePort();
  const url = `https://127.0.0.1:${port}`;
  const certificates = join(folder, "certificates");
  // It signs its serving certificate itself, and leaves both in one file.
  const caFile = join(certificates, "apiserver.crt");
  const keys = writeKeys(folder);
  const tokenFile = writeTokens(folder, tokens);
  const administrator = tokens.find(([name]) => name === "administrator")?.[1] as string;
  const apiserver = await serve({
    name: "kube-apiserver",
    command,
    args: [
      ...["--etcd-servers", etcdUrl, "--cert-dir", certificates],
      ...["--bind-address", "127.0.0.1", "--secure-port", String(port), "--endpoint-reconciler-type", "none"],
      ...["--service-account-key-file", keys.publicFile, "--service-account-signing-key-file", keys.privateFile],
      ...["--service-account-issuer", CLUSTER_ISSUER, "--api-audiences", CLUSTER_ISSUER],
      ...["--token-auth-file", tokenFile, "--authorization-mode", "RBAC"],
      // Besides those that are on by default: ServiceAccount, NamespaceLifecycle and the admission webhooks.
      ...["--enable-admission-plugins", "PodSecurity,ValidatingAdmissionPolicy,ValidatingAdmissionWebhook"],
      ...args,
    ],
    ready: async () => {
      if (!existsSync(caFile)) return false;
      const client = new KubeClient({ url, ca: readFileSync(caFile, "utf8"), token: administrator });
      // Namespaces of the system come a little after the server says that it is ready.
      await client.send("GET", "/api/v1/namespaces/default");
      return (await client.text("/readyz")) === "ok";
    },
  });
  return { apiserver, url, ca: readFileSync(caFile, "utf8"), tokenKeyFile: keys.privateFile };
}

/** Keys with which the API server signs and checks the tokens of service accounts */
function writeKeys(folder: string): { readonly publicFile: string; readonly privateFile: string } {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const [publicFile, privateFile] = [join(folder, "service-accounts.pub"), join(folder, "service-accounts.key")];
  writeFileSync(publicFile, publicKey.export({ type: "spki", format: "pem" }));
  writeFileSync(privateFile, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  return { publicFile, privateFile };
}

function writeTokens(folder: string, tokens: readonly (readonly [UserName, string])[]): string {
  const file = join(folder, "tokens.csv");
  const lines = tokens.map(([name, token]) => `${token},${name},${name},"${USERS[name].join(",")}"\n`);
  writeFileSync(file, lines.join(""), { mode: 0o600 });
  return file;
}

function writeKubeconfig(path: string, server: string, ca: string, token: string): string {
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "e2e", cluster: { server, "certificate-authority-data": Buffer.from(ca).toString("base64") } }],
    users: [{ name: "e2e", user: { token } }],
    contexts: [{ name: "e2e", context: { cluster: "e2e", user: "e2e" } }],
    "current-context": "e2e",
  };
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}

async function localUrl(scheme: string): Promise<string> {
  return `${scheme}://127.0.0.1:${await freePort()}`;
}
