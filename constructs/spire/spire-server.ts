import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { PodDisruptionBudgetV1 } from "@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import { StatefulSetV1 } from "@cdktf/provider-kubernetes/lib/stateful-set-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { digestOf } from "../platform/digest";
import type { Resources } from "../platform/hardened";
import { SPIRE_ACCOUNT, SPIRE_NAMESPACE } from "../platform/names";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";
import type { BundlePublisher } from "./bundle-publisher";
import { spireImage } from "./images";
import { configText, type JsonObject } from "./private/json";
import { CLASS_IS_THE_CONTROLLERS, INTERNAL } from "./private/load-balancer";
import type { LogLevel } from "./private/log-level";
import { lifetimesOf, type SpireLifetimes } from "./private/lifetimes";
import { BUNDLE, SERVER } from "./private/paths";
import { Rights } from "./private/rights";
import { type BundleEndpoint, serverConfig } from "./private/server-config";
import { checkTogether, sizeOf } from "./private/server-checks";
import { serverNetwork } from "./private/server-network";
import { ACCOUNT, LABELS_OF_SERVER, NAME, NAMESPACE, statefulSet } from "./private/server-pod";
import { SpireControllerManager } from "./spire-controller-manager";
import type { UpstreamAuthority } from "./upstream-authority";

const { system: SYSTEM } = SPIRE_NAMESPACE;

/** The PostgreSQL that the servers share */
export interface SpireServerDatabase {
  /** libpq form, without a password, `sslmode=verify-full` */
  readonly connectionString: string;
  /** PEM of the CAs of its certificate */
  readonly certificateAuthorities: string;
  /** Address ranges it answers in */
  readonly cidrs: readonly string[];
  /** What must be done before a server can use it */
  readonly ready: readonly ITerraformDependable[];
}

/** The IAM role of the servers */
export interface SpireServerIamRole {
  readonly roleArn: string;
  /** Tags of the keys that the role may use; the servers set them */
  readonly keyTags: Readonly<Record<string, string>>;
  /**
   * What must be there before a server can assume it.
   *
   * @default - nothing
   */
  readonly ready?: readonly ITerraformDependable[];
  /**
   * Policy of the keys that the servers make.
   *
   * @default - SPIRE's own
   */
  readonly keyPolicy?: string;
}

export interface SpireServerSize extends Resources {
  readonly replicas: number;
}

/**
 * How other trust domains fetch our bundle: `https_spiffe` with a certificate of our own CA, `https_web` with that of the
 * Kubernetes secret named (type `kubernetes.io/tls`, in `spire-server`).
 */
export type BundleEndpointProps = (
  { readonly profile: "https_spiffe" } | { readonly profile: "https_web"; readonly secretName: string }
) & {
  /** Address ranges that may fetch it, on port 443 of a load balancer */
  readonly fromCidrs: readonly string[];
  /**
   * Annotations of the load balancer's Service, for the controller that makes it.
   *
   * @default - an internal network load balancer of the AWS Load Balancer Controller, that ends no TLS
   */
  readonly loadBalancer?: Readonly<Record<string, string>>;
};

export interface EmbeddedSpireServerProps {
  /**
   * Who signs the CA.
   *
   * @default - each server signs its own
   */
  readonly upstreamAuthority?: UpstreamAuthority;

  /**
   * Serve the bundle to other trust domains.
   *
   * @default - it is not served
   */
  readonly bundleEndpoint?: BundleEndpointProps;

  /**
   * Address ranges in which the bundle endpoints of federated trust domains answer, on port 443 or 8443.
   *
   * @default - none: federation then fails closed
   */
  readonly federationCidrs?: readonly string[];

  /**
   * How long what it issues may live.
   *
   * @default - X.509-SVIDs 1 h, JWT-SVIDs 5 min, CA 24 h
   */
  readonly lifetimes?: SpireLifetimes;

  /**
   * Pods that get an identity.
   *
   * @default - 1,000
   */
  readonly workloads?: number;

  /**
   * Replicas, and CPU and memory of each.
   *
   * @default - the cell of SPIRE's scaling table for workloads and `cluster.nodes`
   */
  readonly size?: SpireServerSize;

  /**
   * Least that is logged.
   *
   * @default "info"
   */
  readonly logLevel?: LogLevel;

  /**
   * Settings of SPIRE beyond those made here, added to server.conf. None that is made here, and none that is unsafe.
   *
   * @default - none
   */
  readonly settings?: JsonObject;
}

export interface SpireServerProps extends EmbeddedSpireServerProps {
  /** Where entries are kept; `"sqlite"` is a file on the disk of the one server there then is */
  readonly database: SpireServerDatabase | "sqlite";

  /**
   * The servers' role in AWS, and the keys that they sign with in KMS.
   *
   * @default - no access to AWS, and keys on the server's disk: only with `"sqlite"`
   */
  readonly role?: SpireServerIamRole;

  /**
   * Where the keys that verify SVIDs are published, besides the ConfigMap for agents.
   *
   * @default - nowhere
   */
  readonly publishers?: readonly BundlePublisher[];
}

/** Where identities come from: SPIRE servers, each with a controller manager beside it, that share one database. */
export class SpireServer extends Construct {
  /** DNS name of the servers */
  public readonly address = `${NAME}.${NAMESPACE}.svc`;
  public readonly port = SERVER.ports.grpc;
  public readonly controllerManager: SpireControllerManager;
  /** What must be done before agents and custom resources */
  public readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: SpireServerProps) {
    super(scope, id);
    const where = `[${this.node.path}]`;
    const platform = platformOf(this);
    const workloads = props.workloads ?? 1_000;
    const size = sizeOf(props, workloads, platform, where);
    checkTogether(props, where);
    const config = configText(configOf(props, platform, where));
    const beside = filesOf(props);
    const files = { "server.conf": config, ...beside };
    const account = new ServiceAccountV1(this, "Account", {
      metadata: {
        name: ACCOUNT.name,
        namespace: NAMESPACE,
        ...(props.role && { annotations: { "eks.amazonaws.com/role-arn": props.role.roleArn } }),
      },
      automountServiceAccountToken: false,
    });
    const configMap = new ConfigMapV1(this, "Config", {
      metadata: { name: NAME, namespace: NAMESPACE },
      data: files,
    });
    this.controllerManager = new SpireControllerManager(this, "ControllerManager", {
      podLabels: LABELS_OF_SERVER,
      workloads,
    });
    const before = [account, configMap, ...this.makeBundle(), ...this.makeRights(), ...this.controllerManager.ready];
    before.push(serverNetwork(this, "Network", { platform, podLabels: LABELS_OF_SERVER, props }));
    before.push(this.makeService());
    if (props.bundleEndpoint !== undefined) this.makeBundleService(props.bundleEndpoint);
    if (size.replicas > 1) this.makeDisruptionBudget();
    const digest = digestOf(config, this.controllerManager.config, ...Object.values(beside));
    const database = props.database === "sqlite" ? [] : props.database.ready;
    const image = spireImage(NAME, platform, where);
    const servers = new StatefulSetV1(this, "Resource", {
      ...statefulSet(props, size, { files, image, digest, manager: this.controllerManager }),
      dependsOn: [...before, ...database, ...(props.role?.ready ?? [])],
    });
    this.ready = [servers];
  }

  /** One server with a file for a database and keys on its disk: for trying out, not for anything you would miss. */
  public static embedded(scope: Construct, id: string, props: EmbeddedSpireServerProps = {}): SpireServer {
    return new SpireServer(scope, id, { size: { replicas: 1, cpu: "1", memory: "1Gi" }, ...props, database: "sqlite" });
  }

  /** Made here and filled by the servers, so that they need no right to make ConfigMaps. */
  private makeBundle(): readonly ITerraformDependable[] {
    const bundle = new ConfigMapV1(this, "Bundle", {
      metadata: { name: BUNDLE.configMap, namespace: SYSTEM },
      lifecycle: { ignoreChanges: ["data"] },
    });
    const rules = [
      { apiGroups: [""], resources: ["configmaps"], resourceNames: [BUNDLE.configMap], verbs: ["get", "patch"] },
    ];
    const rights = new Rights(this, "BundleRights", {
      name: BUNDLE.configMap,
      namespace: SYSTEM,
      account: ACCOUNT,
      rules,
    });
    return [bundle, ...rights.ready];
  }

  /** What attesting an agent by its token takes: ask whose it is, and look at its pod and node. */
  private makeRights(): readonly ITerraformDependable[] {
    return new Rights(this, "Rights", {
      name: NAME,
      account: ACCOUNT,
      rules: [
        { apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"], verbs: ["create"] },
        { apiGroups: [""], resources: ["nodes", "pods"], verbs: ["get"] },
      ],
    }).ready;
  }

  private makeService(): ITerraformDependable {
    return new ServiceV1(this, "Service", {
      metadata: { name: NAME, namespace: NAMESPACE },
      spec: { selector: { ...LABELS_OF_SERVER }, port: [servicePort("grpc", SERVER.ports.grpc, SERVER.ports.grpc)] },
    });
  }

  private makeBundleService({ fromCidrs, loadBalancer }: BundleEndpointProps): void {
    new ServiceV1(this, "BundleService", {
      metadata: { name: `${NAME}-bundle`, namespace: NAMESPACE, annotations: { ...(loadBalancer ?? INTERNAL) } },
      lifecycle: CLASS_IS_THE_CONTROLLERS,
      spec: {
        type: "LoadBalancer",
        loadBalancerSourceRanges: [...fromCidrs],
        selector: { ...LABELS_OF_SERVER },
        port: [servicePort("federation", 443, SERVER.ports.federation)],
      },
    });
  }

  private makeDisruptionBudget(): void {
    new PodDisruptionBudgetV1(this, "DisruptionBudget", {
      metadata: { name: NAME, namespace: NAMESPACE },
      spec: { maxUnavailable: "1", selector: { matchLabels: { ...LABELS_OF_SERVER } } },
    });
  }
}

function servicePort(name: string, port: number, target: number) {
  return { name, port, targetPort: String(target), protocol: "TCP" };
}

function configOf(props: SpireServerProps, platform: Platform, where: string): JsonObject {
  const { database, role } = props;
  return serverConfig(
    {
      trustDomain: platform.trustDomain.name,
      issuer: platform.issuer,
      clusterName: platform.cluster.name,
      agentAccounts: [`${SYSTEM}:${SPIRE_ACCOUNT.agent}`],
      lifetimes: lifetimesOf(props.lifetimes, where),
      store:
        database === "sqlite"
          ? { kind: "sqlite" }
          : { kind: "aws_postgres", region: platform.region, connectionString: database.connectionString },
      keys:
        role === undefined
          ? { kind: "disk" }
          : { kind: "aws_kms", region: platform.region, tags: role.keyTags, keyPolicy: role.keyPolicy !== undefined },
      bundle: { namespace: SYSTEM },
      upstreamAuthority: props.upstreamAuthority?.plugin,
      publishers: (props.publishers ?? []).map(({ plugin }) => plugin),
      bundleEndpoint: endpointOf(props),
      logLevel: props.logLevel,
      settings: props.settings,
    },
    where,
  );
}

function endpointOf({ bundleEndpoint }: SpireServerProps): BundleEndpoint | undefined {
  return bundleEndpoint && { profile: { kind: bundleEndpoint.profile } };
}

/** Files beside server.conf, by name */
function filesOf({ database, role }: SpireServerProps): Readonly<Record<string, string>> {
  return {
    ...(database === "sqlite" ? {} : { "ca.pem": database.certificateAuthorities }),
    ...(role?.keyPolicy === undefined ? {} : { "policy.json": role.keyPolicy }),
  };
}
