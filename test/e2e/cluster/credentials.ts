import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { certificate, type CertificateProps } from "../../support/certificate";
import { ADDRESSES, NODE_NAME } from "./addresses";

export const API_URL = `https://${ADDRESSES.apiserver}`;
const DAYS = 30;
const DAY_SECONDS = 86_400;

/** Who speaks to the API server, as who, with which groups */
const USERS = {
  administrator: ["administrator", "system:masters"],
  deployer: ["deployer", "ambit:deployers"],
  mallory: ["mallory", "developers"],
  node: [`system:node:${NODE_NAME}`, "system:nodes"],
  controllerManager: ["system:kube-controller-manager"],
  scheduler: ["system:kube-scheduler"],
  proxy: ["system:kube-proxy"],
} as const;

export type ClusterUser = keyof typeof USERS;

/** The user of the certificate that the API server shows to the kubelet */
export const KUBELET_CLIENT = "kube-apiserver-kubelet-client";

interface KeyFiles {
  readonly cert: string;
  readonly key: string;
}

/** Files that the node's programs are given */
export interface Credentials {
  /** Signed the certificates of API server and kubelet */
  readonly ca: string;
  readonly apiserver: KeyFiles;
  readonly kubelet: KeyFiles;
  readonly kubeletClient: KeyFiles;
  readonly serviceAccounts: { readonly publicKey: string; readonly privateKey: string };
  readonly tokens: string;
  readonly kubeconfigs: Readonly<Record<ClusterUser, string>>;
}

export function credentialsIn(state: string): Credentials {
  const path = (name: string): string => join(state, "credentials", name);
  const pair = (name: string): KeyFiles => ({ cert: path(`${name}.crt`), key: path(`${name}.key`) });
  const names = Object.keys(USERS) as ClusterUser[];
  return {
    ca: path("ca.crt"),
    apiserver: pair("apiserver"),
    kubelet: pair("kubelet"),
    kubeletClient: pair("kubelet-client"),
    serviceAccounts: { publicKey: path("service-accounts.pub"), privateKey: path("service-accounts.key") },
    tokens: path("tokens.csv"),
    kubeconfigs: Object.fromEntries(
      names.map((name) => [name, path(`${name}.kubeconfig`)]),
    ) as Credentials["kubeconfigs"],
  };
}

/** Make them all anew. The certificates are good for a month. */
export function writeCredentials(state: string): Credentials {
  mkdirSync(join(state, "credentials"), { mode: 0o700 });
  const files = credentialsIn(state);
  writeCertificates(files);
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  writeFileSync(files.serviceAccounts.publicKey, publicKey.export({ type: "spki", format: "pem" }));
  writeFileSync(files.serviceAccounts.privateKey, privateKey.export({ type: "pkcs8", format: "pem" }));
  const lines = Object.entries(USERS).map(([name, [user, ...groups]]) => {
    const token = randomBytes(24).toString("hex");
    writeFileSync(files.kubeconfigs[name as ClusterUser], kubeconfig(files.ca, token));
    return `${token},${user},${user},"${groups.join(",")}"\n`;
  });
  writeFileSync(files.tokens, lines.join(""));
  return files;
}

export function tokenOf({ kubeconfigs }: Credentials, user: ClusterUser): string {
  const { users } = JSON.parse(readFileSync(kubeconfigs[user], "utf8")) as { users: [{ user: { token: string } }] };
  return users[0].user.token;
}

function writeCertificates({ ca, apiserver, kubelet, kubeletClient }: Credentials): void {
  const now = Math.floor(Date.now() / 1000);
  const validity = [now - DAY_SECONDS, now + DAYS * DAY_SECONDS] as const;
  const authority = certificate({ commonName: "node-ca", validity });
  writeFileSync(ca, authority.cert);
  const issuer = { commonName: "node-ca", key: authority.key };
  const write = (files: KeyFiles, props: CertificateProps): void => {
    const { cert, key } = certificate({ ...props, validity, issuer });
    writeFileSync(files.cert, cert);
    writeFileSync(files.key, key);
  };
  write(apiserver, {
    commonName: "kube-apiserver",
    dnsNames: ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"],
    ipAddresses: [ADDRESSES.apiserver, ADDRESSES.apiserverService].map(bytesOf),
  });
  write(kubelet, { commonName: NODE_NAME, dnsNames: [NODE_NAME], ipAddresses: [bytesOf(ADDRESSES.node)] });
  write(kubeletClient, { commonName: KUBELET_CLIENT });
}

function bytesOf(address: string): readonly number[] {
  return address.split(".").map(Number);
}

function kubeconfig(ca: string, token: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "node", cluster: { server: API_URL, "certificate-authority": ca } }],
    users: [{ name: "node", user: { token } }],
    contexts: [{ name: "node", context: { cluster: "node", user: "node" } }],
    "current-context": "node",
  });
}
