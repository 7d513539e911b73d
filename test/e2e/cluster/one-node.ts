import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Finished, run, type RunOptions, succeed } from "../harness/process";
import { until } from "../harness/until";
import { KubeClient, type KubeObject } from "../spire/kube-client";
import { makeGroups, removeGroups } from "./cgroups";
import * as components from "./components";
import { type Component } from "./components";
import {
  API_URL,
  type ClusterUser,
  type Credentials,
  credentialsIn,
  KUBELET_CLIENT,
  tokenOf,
  writeCredentials,
} from "./credentials";
import { ADDRESSES, NODE_NAME } from "./addresses";
import { type BuiltImage, IMAGE_BASE } from "./images";
import { Namespaces } from "./namespaces";
import type { NodePrograms } from "./programs";
import {
  CNI_SETTINGS,
  cniFolder,
  CONTAINERD_SOCKET,
  containerdSettings,
  kubeletSettings,
  proxySettings,
  resolvConf,
  restartSettings,
} from "./settings";
import { groupOf, handOver, newState, putAwayState, standing, sweep } from "./state";

/** A busy machine takes many times as long as an idle one. */
const START_SECONDS = 240;
const END_SECONDS = 120;

export interface NodeOptions {
  /**
   * Seconds after which the kubelet starts a container again at the latest, however often it has ended before
   *
   * @default - its own: 10, twice as many each time, 300 at most
   */
  readonly restartsWithin?: number;
  /** Imported before the first pod; the first is what every pod starts with */
  readonly images: readonly BuiltImage[];
  /**
   * Whether it goes on without this process. Only one does, and {@link OneNode.standing} finds it.
   *
   * @default false
   */
  readonly standing?: boolean;
  /**
   * Told what is so, with the seconds since the start.
   *
   * @default - told to none
   */
  readonly told?: (text: string) => void;
}

/**
 * A Kubernetes cluster of one node, which is a real one: pods run. All of it lies in namespaces and a state folder of
 * its own, and ends with the process that started it.
 */
export class OneNode {
  private readonly credentials: Credentials;
  /** What this process has started, by name */
  private readonly components = new Map<string, Component>();

  private constructor(
    private readonly programs: Pick<NodePrograms, "kubectl">,
    public readonly folder: string,
    private within: Namespaces,
  ) {
    this.credentials = credentialsIn(folder);
  }

  /** Others after it has lost its power */
  public get namespaces(): Namespaces {
    return this.within;
  }

  /** @throws Error with the last lines of the logs, if it is not ready within {@link START_SECONDS} */
  public static async start(programs: NodePrograms, options: NodeOptions): Promise<OneNode> {
    sweep();
    const folder = newState(options.standing === true ? "standing" : "passing");
    let node: OneNode | undefined;
    try {
      makeGroups(groupOf(folder));
      writeSettings(folder, writeCredentials(folder), options.restartsWithin);
      const namespaces = await Namespaces.start(programs.init, folder, options.standing !== true);
      node = new OneNode(programs, folder, namespaces);
      if (options.standing === true) handOver(folder, namespaces.pid);
      await node.boot(programs, options);
      return node;
    } catch (error) {
      const logs = node === undefined ? "" : `\n${node.tails()}`;
      if (node === undefined) putAwayState(folder);
      else await node.stop();
      throw new Error(`the node did not start: ${(error as Error).message}${logs}`);
    }
  }

  /** That of `npm run cluster`, if it runs */
  public static standing(programs: Pick<NodePrograms, "kubectl">): OneNode | undefined {
    const found = standing();
    return found && new OneNode(programs, found.folder, Namespaces.of(found.pid, found.folder));
  }

  public client(user: ClusterUser): KubeClient {
    return new KubeClient({ ...this.apiserver, token: tokenOf(this.credentials, user) });
  }

  /** How this process reaches the API server */
  public get apiserver(): { readonly url: string; readonly ca: string; readonly socketPath: string } {
    return { url: API_URL, ca: readFileSync(this.credentials.ca, "utf8"), socketPath: this.socket };
  }

  /** Run kubectl in the node's network, as an administrator. */
  public kubectl(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    const [command, ...all] = this.kubectlCommand(args);
    return run(command, all, options);
  }

  /** The same as a command, for a person's terminal */
  public kubectlCommand(args: readonly string[]): readonly [command: string, ...args: string[]] {
    const kubeconfig = this.credentials.kubeconfigs.administrator;
    return this.namespaces.onNetwork(this.programs.kubectl, "--kubeconfig", kubeconfig, ...args);
  }

  public async importImage({ name, layout }: BuiltImage): Promise<void> {
    const archive = join(this.folder, `${name}.tar`);
    await succeed("tar", ["-C", layout, "-cf", archive, "."]);
    const args = ["--address", CONTAINERD_SOCKET, "--namespace", "k8s.io", "images", "import"];
    const { code, tail } = await this.namespaces.run("ctr", [...args, "--base-name", `${IMAGE_BASE}/${name}`, archive]);
    if (code !== 0) throw new Error(`the image ${name} is not imported: ${tail}`);
    await run("rm", [archive]);
  }

  /**
   * Wait for a pod that has these labels.
   *
   * @returns seconds that it took, and its name
   * @throws Error with what is known of it, if it is not Ready within these seconds
   */
  public async podReady(
    namespace: string,
    labels: Readonly<Record<string, string>>,
    within: number,
  ): Promise<readonly [seconds: number, name: string]> {
    const client = this.client("administrator");
    let name = "";
    const look = async (): Promise<boolean> => {
      const pods = (await client.list("v1", "Pod", namespace)).filter(({ metadata }) =>
        hasLabels(metadata.labels as Readonly<Record<string, string>>, labels),
      );
      const pod = pods.find(isReady) ?? pods[0];
      if (pod !== undefined) ({ name } = pod.metadata);
      return pod !== undefined && isReady(pod);
    };
    try {
      return [await until(look, within, `no pod of ${namespace} with ${JSON.stringify(labels)} is Ready`), name];
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${name === "" ? "" : await this.storyOf(namespace, name)}`);
    }
  }

  /** What is known of a pod that does not do what it should: conditions, events and logs, also of its last life */
  public async storyOf(namespace: string, pod: string): Promise<string> {
    const of = ["--namespace", namespace];
    const said = await Promise.all([
      this.kubectl(["describe", "pod", pod, ...of]),
      this.kubectl(["logs", pod, ...of, "--all-containers", "--prefix", "--tail=40"]),
      this.kubectl(["logs", pod, ...of, "--all-containers", "--prefix", "--tail=40", "--previous"]),
    ]);
    return said.map(({ stdout, stderr }) => `${stdout}${stderr}`).join("\n");
  }

  /** End it and put away what it left: pods, mounts, interfaces, cgroups and files. */
  public async stop(): Promise<void> {
    await this.namespaces.end();
    await until(() => putAwayState(this.folder), END_SECONDS, `cgroups of ${groupOf(this.folder)} are in use`);
  }

  /**
   * As in a power cut: all of its processes end at once, and start again with what lies on its disk, those of pods by the kubelet.
   *
   * @param beside starts what stands beside the node and answers in its network
   */
  public async losePower(init: string, beside: () => Promise<void>): Promise<void> {
    await this.within.end();
    const group = groupOf(this.folder);
    await until(() => removeGroups(group), END_SECONDS, `cgroups of ${group} are in use`);
    makeGroups(group);
    rmSync(this.socket);
    this.within = await Namespaces.start(init, this.folder, true);
    await beside();
    for (const component of this.components.values()) {
      await this.keep(component);
      if (component.name === "forward") await this.isAnswering();
    }
    await this.when("the node is Ready", async () => isReady(await this.client("administrator").get(NODE)));
  }

  private get socket(): string {
    return join(this.folder, "apiserver.sock");
  }

  private async boot(programs: NodePrograms, options: NodeOptions): Promise<void> {
    const { credentials, folder } = this;
    const begin = performance.now();
    const tell = (what: string): void =>
      options.told?.(`${what} after ${((performance.now() - begin) / 1000).toFixed(1)} s`);
    await this.keep(components.etcd(programs, folder));
    await this.keep(components.containerd(folder));
    await this.keep(components.apiserver(programs, credentials));
    await this.keep(components.forward(programs, this.socket));
    const imported = this.importAll(options.images);
    // The first failure is reported; later ones are not lost, but not waited for.
    imported.catch(() => undefined);
    const client = this.client("administrator");
    await this.isAnswering();
    tell("kube-apiserver is ready");
    await client.apply(KUBELET_ACCESS);
    await imported;
    tell("images are imported");
    await this.keep(components.controllerManager(programs, folder, credentials));
    await this.keep(components.scheduler(programs, credentials));
    await this.keep(components.kubelet(programs, folder, credentials));
    await this.keep(components.proxy(programs, folder));
    await this.when("the node is Ready", async () => isReady(await client.get(NODE)));
    tell("the node is Ready");
    // It asks for the pods' network of the node, which the controller manager has given it by now.
    await this.keep(components.kubeRouter(programs, credentials));
    const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace: "default" } };
    await this.when("the first service account is there", async () => (await client.get(account)) !== undefined);
    tell("pods may come");
  }

  private async isAnswering(): Promise<void> {
    await this.when(
      "kube-apiserver is ready",
      async () => (await this.client("administrator").text("/readyz")) === "ok",
    );
  }

  private async importAll(images: readonly BuiltImage[]): Promise<void> {
    const version = ["--address", CONTAINERD_SOCKET, "version"];
    await this.when("containerd answers", async () => (await this.namespaces.run("ctr", version)).code === 0);
    for (const image of images) await this.importImage(image);
  }

  /** Start one of the node's own programs that has ended, as what looks after it on a real machine does. */
  public async startAgain(name: string): Promise<void> {
    const component = this.components.get(name);
    if (component === undefined) throw new Error(`the node has not started "${name}"`);
    await this.keep(component);
  }

  private keep(component: Component): Promise<void> {
    const { name, command, args } = component;
    this.components.set(name, component);
    return this.namespaces.keep(name, command, args);
  }

  private async when(what: string, holds: () => Promise<boolean>): Promise<void> {
    await until(() => holds().catch(() => false), START_SECONDS, `not so: ${what},`);
  }

  private tails(): string {
    const names = ["kube-apiserver", "kubelet", "containerd", "kube-controller-manager", "kube-router"];
    return names.map((name) => `${name}: ${lastLines(this.namespaces.logOf(name))}`).join("\n");
  }
}

/** The API server's certificate has no group: a user of its own may do what logs and exec need. */
const KUBELET_ACCESS: KubeObject = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name: KUBELET_CLIENT },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:kubelet-api-admin" },
  subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: KUBELET_CLIENT }],
};

const NODE = { apiVersion: "v1", kind: "Node", metadata: { name: NODE_NAME } };

/** Whether the condition Ready of a node or a pod is true */
export function isReady({ status }: KubeObject): boolean {
  const { conditions = [] } = status as {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
  return conditions.some(({ type, status }) => type === "Ready" && status === "True");
}

function hasLabels(labels: Readonly<Record<string, string>> = {}, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

function writeSettings(folder: string, credentials: Credentials, restartsWithin: number | undefined): void {
  writeFileSync(join(folder, "containerd.toml"), containerdSettings(folder));
  const settings = { ...kubeletSettings(folder, groupOf(folder), credentials), ...restartSettings(restartsWithin) };
  writeFileSync(join(folder, "kubelet.json"), JSON.stringify(settings));
  writeFileSync(join(folder, "proxy.json"), JSON.stringify(proxySettings(credentials)));
  writeFileSync(resolvConf(folder), `nameserver ${ADDRESSES.dns}\n`);
  mkdirSync(cniFolder(folder));
  writeFileSync(join(cniFolder(folder), "10-node.conflist"), JSON.stringify(CNI_SETTINGS));
}

function lastLines(file: string): string {
  try {
    return readFileSync(file, "utf8").split("\n").slice(-8).join("\n");
  } catch {
    return "it was not started";
  }
}
