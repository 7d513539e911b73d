import type { Cluster } from "./cluster";
import { KubeError, type KubeClient, type KubeObject, type TokenOptions } from "./kube-client";

/** RBAC allows everything, so that only admission can refuse. */
const MAY_ALL = "system:masters";
const IMAGE = `registry.example/pod@sha256:${"1".repeat(64)}`;

export interface PodName {
  readonly namespace: string;
  readonly account: string;
}

/** A node that has no kubelet: pods are bound to it and it gets their tokens, as a kubelet would, and nothing runs. */
export class SpireNode {
  public readonly deployer: KubeClient;
  private readonly kubelet: KubeClient;

  private constructor(
    cluster: Cluster,
    public readonly name: string,
    public readonly uid: string,
  ) {
    const { administrator } = cluster.users;
    this.deployer = deployerOf(cluster);
    this.kubelet = administrator.as({ user: `system:node:${name}`, groups: ["system:nodes", MAY_ALL] });
  }

  public static async in(cluster: Cluster, name: string): Promise<SpireNode> {
    const node = await made(cluster.users.administrator, { apiVersion: "v1", kind: "Node", metadata: { name } });
    return new SpireNode(cluster, name, node.metadata.uid as string);
  }

  /** A pod of this service account, which may be made here too */
  public async pod({ namespace, account }: PodName): Promise<{ readonly name: string; readonly uid: string }> {
    const name = `${account}-on-${this.name}`;
    const serviceAccount = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: account, namespace } };
    await made(this.deployer, serviceAccount);
    const pod = await made(this.deployer, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace },
      spec: {
        nodeName: this.name,
        serviceAccountName: account,
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
        containers: [
          {
            name: "pod",
            image: IMAGE,
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          },
        ],
      },
    });
    return { name, uid: pod.metadata.uid as string };
  }

  /** What the kubelet would put into the pod's volume */
  public token({ namespace, account }: PodName, options: TokenOptions): Promise<string> {
    return this.kubelet.tokenOf(namespace, account, options);
  }

  public async namespace(name: string): Promise<void> {
    await made(this.deployer, { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  }
}

/** One of the platform's deployers */
export function deployerOf({ users }: Cluster): KubeClient {
  return users.administrator.as({ user: "deployer", groups: ["ambit:deployers", MAY_ALL] });
}

/** Make it, or find it as it is. */
async function made(client: KubeClient, object: KubeObject): Promise<KubeObject> {
  try {
    return await client.create(object);
  } catch (error) {
    if (error instanceof KubeError && error.code === 409) return client.get(object);
    throw error;
  }
}
