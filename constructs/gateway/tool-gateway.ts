import { DataAwsKmsPublicKey } from "@cdktf/provider-aws/lib/data-aws-kms-public-key";
import type {
  DeploymentV1SpecTemplateSpecContainer,
  DeploymentV1SpecTemplateSpecVolume,
} from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import { Fn, type ITerraformDependable, Token } from "cdktf";
import { Construct } from "constructs";
import { atDeclarations, type Fleet } from "../../domain";
import { CONTROL_PORTS } from "../platform/control-plane";
import { digestOf } from "../platform/digest";
import { dynamodbUrl } from "../platform/dynamodb-url";
import type { Resources } from "../platform/hardened";
import { literal } from "../platform/literal";
import { CLASS_IS_THE_CONTROLLERS } from "../platform/load-balancer";
import { CONTROL_ACCOUNT, CONTROL_NAMESPACE } from "../platform/names";
import { podLabels } from "../platform/pods";
import { checkedReplicas, type Replicas } from "../platform/replicas";
import { scaledPods } from "../platform/scaled-pods";
import { platformOf } from "../platform/scope";
import type { GatewayUsers } from "./gateway-users";
import {
  authoritiesOf,
  envoyImage,
  fitsConfigMap,
  intentCidrsOf,
  privateCidrsOf,
  reachesAws,
  socketOf,
} from "./private/gateway-checks";
import {
  authorizerFile,
  DRAIN_SECONDS,
  envoyFile,
  FILE,
  routedTools,
  USERS_PORT,
  usersFile,
} from "./private/gateway-files";
import { gatewayNetwork } from "./private/gateway-network";
import { gatewayPod } from "./private/gateway-pod";
import { checkSchemas } from "./private/tool-schemas";
import { usersOf } from "./private/users-checks";

const NAME = CONTROL_ACCOUNT.gateway;
const METADATA = { name: NAME, namespace: CONTROL_NAMESPACE };
const LABELS_OF_GATEWAY = podLabels(NAME, "ambit");
/** Seconds: those in which it drains, and those in which it tells the exchange how the last calls ended */
const STOPPING = DRAIN_SECONDS + 30;

/** OPA as a container of the gateway's pods: an `OpaSidecar` */
export interface GatewayOpa {
  readonly container: DeploymentV1SpecTemplateSpecContainer;
  readonly volumes: readonly DeploymentV1SpecTemplateSpecVolume[];
  readonly annotations: Readonly<Record<string, string>>;
  /** `unix://` and the path of its socket */
  readonly address: string;
  /** Lets the authorizer's container see the socket */
  readonly socketMount: { readonly name: string; readonly mountPath: string };
  readonly ready: readonly ITerraformDependable[];
}

export interface ToolGatewayProps {
  /** The fleet whose calls go through it */
  readonly fleet: Fleet;
  /** The exchange in the cluster, which it asks for each call */
  readonly exchange: { readonly issuer: string; readonly address: string };
  /**
   * OPA, which decides in each pod in place of Cedar; its role must be for the service account `ambit-gateway`.
   *
   * @default - Cedar decides, in the authorizer
   */
  readonly opa?: GatewayOpa;
  /**
   * Address ranges (CIDR, private) of the tools that declare `privateAddress`: required with such a tool, refused without one.
   *
   * @default - none
   */
  readonly privateCidrs?: readonly string[];
  /**
   * Address ranges (CIDR) of the platform's intent evaluator: required with an evaluator, refused without one.
   *
   * @default - none
   */
  readonly intentCidrs?: readonly string[];
  /**
   * Lets users, schedules and events reach agents from outside the cluster.
   *
   * @default - no listener for them
   */
  readonly users?: GatewayUsers;
  /**
   * Authorities in PEM that tools' certificates are verified with, in place of the public ones.
   *
   * @default - those of Envoy's image
   */
  readonly authorities?: string;
  /**
   * Public keys in PEM that may have signed the registry as well, the same as the exchange's.
   *
   * @default - none
   */
  readonly formerRegistryKeys?: readonly string[];
  /**
   * Pods, by their load; at least two.
   *
   * @default - 2 to 10
   */
  readonly replicas?: Replicas;
  /**
   * Resources that each container of a pod asks for and may not exceed.
   *
   * @default - 1 CPU, 512Mi memory each
   */
  readonly resources?: { readonly envoy?: Resources; readonly authorizer?: Resources };
  /**
   * What must be there before: the control namespace, and the exchange.
   *
   * @default - nothing
   */
  readonly after?: readonly ITerraformDependable[];
}

/** The way from agents to tools: Envoy, which enforces what the authorizer beside it decides on each request. */
export class ToolGateway extends Construct {
  /** Where companions call */
  public readonly address: string;
  public readonly ready: readonly ITerraformDependable[];

  /** @throws DeclarationError `gateway.malformed`, `action.malformed`, `platform.malformed` */
  constructor(scope: Construct, id: string, props: ToolGatewayProps) {
    super(scope, id);
    const where = `[${this.node.path}]`;
    const platform = platformOf(this);
    const { fleet, exchange, opa, after = [], formerRegistryKeys = [] } = props;
    const opaSocket = opa && socketOf(opa, where);
    const tools = routedTools(fleet);
    atDeclarations(fleet.tools, () => checkSchemas(fleet.tools));
    const privateCidrs = privateCidrsOf(props.privateCidrs ?? [], tools, where);
    const intent = intentCidrsOf(props.intentCidrs ?? [], platform, where);
    const users = props.users && usersOf(props.users, platform, fleet, where);
    const replicas = checkedReplicas(props.replicas ?? { min: 2, max: 10 }, where, {
      code: "gateway.malformed",
      stopped: "calls",
    });
    const authorities = authoritiesOf(props.authorities, where);
    reachesAws(platform, where);
    this.address = `https://${NAME}.${CONTROL_NAMESPACE}.svc:${CONTROL_PORTS.gateway}`;

    const envoy = fitsConfigMap(
      envoyFile(platform, fleet, {
        authorities,
        resources: { address: this.address, issuer: exchange.issuer },
        users,
      }),
      where,
    );
    const url = dynamodbUrl(this);
    const authorizer = (address: string | undefined): string =>
      authorizerFile(platform, { exchange, formerRegistryKeys, authorities, dynamodbUrl: address, opaSocket });
    const registryKey = new DataAwsKmsPublicKey(this, "RegistryKey", { keyId: platform.keyAlias("registry") });
    const dependsOn = [...after];
    const data = {
      [FILE.envoy]: literal(envoy),
      [FILE.authorizer]: authorizer(url),
      [FILE.registryKey]: registryKey.publicKeyPem,
      ...(users === undefined ? {} : { [FILE.users]: usersFile() }),
      ...(authorities === undefined ? {} : { [FILE.authorities]: authorities }),
    };
    const before = [
      new ConfigMapV1(this, "Config", { metadata: METADATA, data, dependsOn }),
      new ServiceAccountV1(this, "Account", { metadata: METADATA, automountServiceAccountToken: false, dependsOn }),
      new ServiceV1(this, "Service", {
        metadata: METADATA,
        spec: {
          selector: { ...LABELS_OF_GATEWAY },
          // What an MCP server gave an agent is known to the pod that saw it.
          sessionAffinity: "ClientIP",
          port: [
            {
              name: "calls",
              port: CONTROL_PORTS.gateway,
              targetPort: String(CONTROL_PORTS.gateway),
              protocol: "TCP",
            },
          ],
        },
        dependsOn,
      }),
      new NetworkPolicyV1(this, "Network", {
        metadata: METADATA,
        spec: {
          podSelector: { matchLabels: { ...LABELS_OF_GATEWAY } },
          ...gatewayNetwork(platform, fleet, { private: privateCidrs, intent, users: users?.clientCidrs ?? [] }),
        },
        dependsOn,
      }),
    ];
    if (users !== undefined) this.openToUsers(users, dependsOn);
    // An address that is found at the plan has no digest yet, so it starts new pods by itself.
    const found = url !== undefined && Token.isUnresolved(url);
    const { resources = {} } = props;
    const usual = { cpu: "1", memory: "512Mi" };
    const pod = gatewayPod({
      images: { envoy: envoyImage(platform, where), authorizer: platform.image("authorizer", where) },
      resources: { envoy: resources.envoy ?? usual, authorizer: resources.authorizer ?? usual },
      platform,
      usersSecret: users?.certificate,
      opa,
    });
    const deployment = scaledPods(this, {
      ...METADATA,
      replicas,
      annotations: {
        "ambit.internal/config": digestOf(
          envoy,
          authorizer(found ? "found" : url),
          authorities ?? "",
          ...(users === undefined ? [] : [usersFile()]),
        ),
        ...(found ? { "ambit.internal/dynamodb": url } : {}),
        "ambit.internal/registry-key": Fn.sha256(registryKey.publicKeyPem),
        ...(opa && opaAnnotations(opa)),
      },
      stoppingSeconds: STOPPING,
      containers: pod.containers,
      volumes: pod.volumes,
      before: [...before, ...(opa?.ready ?? [])],
      after,
    });
    this.ready = [deployment];
  }

  private openToUsers({ annotations }: Required<GatewayUsers>, dependsOn: ITerraformDependable[]): void {
    new ServiceV1(this, "Users", {
      metadata: { ...METADATA, name: `${NAME}-users`, annotations: { ...annotations } },
      waitForLoadBalancer: true,
      lifecycle: CLASS_IS_THE_CONTROLLERS,
      spec: {
        type: "LoadBalancer",
        // Requests are counted by the address of the client, which a second hop within the cluster would hide.
        externalTrafficPolicy: "Local",
        selector: { ...LABELS_OF_GATEWAY },
        port: [{ name: "users", port: 443, targetPort: String(USERS_PORT), protocol: "TCP" }],
      },
      dependsOn,
    });
  }
}

/** Its files start new pods too, under names of their own. */
function opaAnnotations({ annotations }: GatewayOpa): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).map(([name, value]) => [name.replace("ambit.internal/", "ambit.internal/opa-"), value]),
  );
}
