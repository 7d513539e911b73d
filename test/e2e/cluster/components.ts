import { join } from "node:path";
import { CLUSTER_ISSUER } from "../spire/cluster";
import { ADDRESSES, NODE_NAME } from "./addresses";
import type { Credentials } from "./credentials";
import type { NodePrograms } from "./programs";
import { pluginsFolder } from "./settings";

export interface Component {
  /** Of its log too */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

const ETCD = "http://127.0.0.1:2379";
const ETCD_PEERS = "http://127.0.0.1:2380";

export function etcd({ etcd: command }: NodePrograms, state: string): Component {
  const args = {
    "data-dir": join(state, "etcd"),
    "listen-client-urls": ETCD,
    "advertise-client-urls": ETCD,
    "listen-peer-urls": ETCD_PEERS,
    "initial-advertise-peer-urls": ETCD_PEERS,
    "initial-cluster": `default=${ETCD_PEERS}`,
    "unsafe-no-fsync": "true",
  };
  return { name: "etcd", command, args: flags(args) };
}

/** Where containerd is on the PATH */
export function containerd(state: string): Component {
  return { name: "containerd", command: "containerd", args: ["--config", join(state, "containerd.toml")] };
}

export function apiserver({ apiserver: command }: NodePrograms, credentials: Credentials): Component {
  const { ca, apiserver: serving, kubeletClient, serviceAccounts, tokens } = credentials;
  const args = {
    "etcd-servers": ETCD,
    // The addresses beside it are of others, on the same port.
    "bind-address": ADDRESSES.apiserver,
    "advertise-address": ADDRESSES.apiserver,
    "secure-port": "443",
    "allow-privileged": "true",
    "tls-cert-file": serving.cert,
    "tls-private-key-file": serving.key,
    "client-ca-file": ca,
    // Controllers and the scheduler read where requests pass another server first; here is none.
    "requestheader-client-ca-file": ca,
    "requestheader-allowed-names": "none",
    "requestheader-username-headers": "X-Remote-User",
    "kubelet-client-certificate": kubeletClient.cert,
    "kubelet-client-key": kubeletClient.key,
    "kubelet-certificate-authority": ca,
    "kubelet-preferred-address-types": "InternalIP",
    "service-account-key-file": serviceAccounts.publicKey,
    "service-account-signing-key-file": serviceAccounts.privateKey,
    "service-account-issuer": CLUSTER_ISSUER,
    "token-auth-file": tokens,
    "authorization-mode": "Node,RBAC",
    "service-cluster-ip-range": ADDRESSES.services,
    "enable-admission-plugins": "NodeRestriction",
  };
  return { name: "kube-apiserver", command, args: flags(args) };
}

export function controllerManager(
  { controllerManager: command }: NodePrograms,
  state: string,
  credentials: Credentials,
): Component {
  const { ca, kubeconfigs, serviceAccounts } = credentials;
  const args = {
    ...delegating(kubeconfigs.controllerManager),
    "service-account-private-key-file": serviceAccounts.privateKey,
    "root-ca-file": ca,
    "allocate-node-cidrs": "true",
    "cluster-cidr": ADDRESSES.pods,
    "service-cluster-ip-range": ADDRESSES.services,
    "use-service-account-credentials": "true",
    "flex-volume-plugin-dir": pluginsFolder(state),
  };
  return { name: "kube-controller-manager", command, args: flags(args) };
}

export function scheduler({ scheduler: command }: NodePrograms, { kubeconfigs }: Credentials): Component {
  return { name: "kube-scheduler", command, args: flags(delegating(kubeconfigs.scheduler)) };
}

export function kubelet({ kubelet: command }: NodePrograms, state: string, { kubeconfigs }: Credentials): Component {
  const args = {
    config: join(state, "kubelet.json"),
    kubeconfig: kubeconfigs.node,
    "root-dir": "/var/lib/kubelet",
    "hostname-override": NODE_NAME,
    "node-ip": ADDRESSES.node,
  };
  return { name: "kubelet", command, args: flags(args) };
}

export function proxy({ proxy: command }: NodePrograms, state: string): Component {
  const args = { config: join(state, "proxy.json"), "hostname-override": NODE_NAME };
  return { name: "kube-proxy", command, args: flags(args) };
}

/** Network policies alone: pods are routed by CNI, Services by kube-proxy. */
export function kubeRouter({ kubeRouter: command }: NodePrograms, { kubeconfigs }: Credentials): Component {
  const args = {
    kubeconfig: kubeconfigs.administrator,
    "run-firewall": "true",
    "run-router": "false",
    "run-service-proxy": "false",
    "hostname-override": NODE_NAME,
    "service-cluster-ip-range": ADDRESSES.services,
    "iptables-sync-period": "10s",
  };
  return { name: "kube-router", command, args: flags(args) };
}

/** Sends what comes to a Unix socket to the API server: from outside the node's network it is the only way in. */
export function forward({ init }: NodePrograms, socket: string): Component {
  return { name: "forward", command: init, args: ["forward", socket, `${ADDRESSES.apiserver}:443`] };
}

function delegating(kubeconfig: string): Readonly<Record<string, string>> {
  return {
    kubeconfig,
    "authentication-kubeconfig": kubeconfig,
    "authorization-kubeconfig": kubeconfig,
    "leader-elect": "false",
  };
}

function flags(values: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}
