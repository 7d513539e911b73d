import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { PodDisruptionBudgetV1 } from "@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import { StatefulSetV1 } from "@cdktf/provider-kubernetes/lib/stateful-set-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { digestOf } from "../platform/digest";
import { SPIRE_ACCOUNT, SPIRE_NAMESPACE } from "../platform/names";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";
import { spireImage } from "./images";
import { configText, type JsonObject } from "./private/json";
import { CLASS_IS_THE_CONTROLLERS, INTERNAL } from "../platform/load-balancer";
import { lifetimesOf } from "./private/lifetimes";
import { BUNDLE, SERVER } from "./private/paths";
import { Rights } from "./private/rights";
import { type BundleEndpoint, serverConfig } from "./private/server-config";
import { checkTogether, sizeOf } from "./private/server-checks";
import { serverNetwork } from "./private/server-network";
import { ACCOUNT, LABELS_OF_SERVER, NAME, NAMESPACE, statefulSet } from "./private/server-pod";
import { SpireControllerManager } from "./spire-controller-manager";
import type { BundleEndpointProps, EmbeddedSpireServerProps, SpireServerProps } from "./spire-server-props";

const { system: SYSTEM } = SPIRE_NAMESPACE;

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
