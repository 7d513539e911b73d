import { DataAwsKmsPublicKey } from "@cdktf/provider-aws/lib/data-aws-kms-public-key";
import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import type {
  DeploymentV1SpecTemplateSpecContainer,
  DeploymentV1SpecTemplateSpecVolume,
} from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { Fn, type ITerraformDependable, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { type Fleet, refuse, shown } from "../../domain";
import { digestOf } from "../platform/digest";
import { writeBeside } from "../platform/documents";
import type { Resources } from "../platform/hardened";
import { CONTROL_ACCOUNT, CONTROL_NAMESPACE } from "../platform/names";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";
import { opaImage } from "./images";
import type { ConfigMapDelivery, OpaDelivery } from "./opa-delivery";
import { deliveryOf, fitsConfigMap, signedBundle } from "./private/opa-delivery";
import { OpaDeployment } from "./private/opa-deployment";
import { type Files, FleetBundle, opaFiles, PUBLIC_KEY, withPublicKey } from "./private/opa-files";
import {
  CONFIG,
  FILE,
  FOLDER,
  MOUNTED_BUNDLE,
  OPA_PORT,
  OPA_SOCKET,
  type OpaPodProps,
  opaContainer,
  opaVolumes,
  SOCKET_MOUNT,
} from "./private/opa-pod";
import { opaSize } from "./private/opa-size";
import { checkRules } from "./private/rego-rules";

export interface OpaPolicyEngineProps {
  /** The fleet whose requests are decided */
  readonly fleet: Fleet;
  /**
   * `"sidecar"`: `container` and `volumes` are yours to put into the authorizer's pod, and OPA listens on a Unix socket
   * alone. `"deployment"`: pods of its own, over mutual TLS.
   *
   * @default "sidecar"
   */
  readonly placement?: "deployment" | "sidecar";
  /**
   * How OPA gets its bundle.
   *
   * @default - signed, from the platform's bucket
   */
  readonly delivery?: OpaDelivery;
  /**
   * Folder with Rego of your own, package `ambit.custom`: it can deny more, but allow nothing.
   *
   * @default - none
   */
  readonly rules?: string;
  /**
   * Resources OPA asks for and may not exceed.
   *
   * @default - 1 CPU, and memory by the size of the policy
   */
  readonly resources?: Resources;
  /**
   * Pods of a Deployment.
   *
   * @default 2
   */
  readonly replicas?: number;
  /**
   * What must be there before: the control namespace.
   *
   * @default - nothing
   */
  readonly after?: readonly ITerraformDependable[];
}

/** Unmodified OPA with the declared policy: it decides each request, and denies all until its bundle is active. */
export class OpaPolicyEngine extends Construct {
  /** For a sidecar: goes into the authorizer's pod, with `volumes` and `annotations` */
  public readonly container: DeploymentV1SpecTemplateSpecContainer;
  public readonly volumes: readonly DeploymentV1SpecTemplateSpecVolume[];
  /** On the pod's template, so that new files start new pods */
  public readonly annotations: Readonly<Record<string, string>>;
  /** Where the authorizer asks: `unix://…` or `https://…` */
  public readonly address: string;
  /** For a sidecar: lets the authorizer's container see the socket; it must run as the same user */
  public readonly socketMount = SOCKET_MOUNT;
  public readonly ready: readonly ITerraformDependable[];

  /** @throws DeclarationError `policy.malformed`, `policy.too-large`, `policy.version` */
  constructor(scope: Construct, id: string, props: OpaPolicyEngineProps) {
    super(scope, id);
    const where = `[${this.node.path}]`;
    const platform = platformOf(this);
    const { fleet, placement = "sidecar", rules, after = [] } = props;
    const delivery = deliveryOf(props.delivery, platform, where);
    const replicas = replicasOf(props, placement, where);
    if (rules !== undefined) checkRules(rules, where);
    const bundle = new FleetBundle(platform, fleet, rules, where);
    writeBeside(TerraformStack.of(this), () => ({ [FILE.bundle]: bundle.archive }));

    const pod: OpaPodProps = {
      image: opaImage("opa", platform, where),
      placement,
      resources: props.resources ?? opaSize(bundle.policyBytes),
      ...("signed" in delivery ? { role: { arn: platform.opaRoleArn, region: platform.region } } : {}),
    };
    const source = "signed" in delivery ? signedBundle(platform, PUBLIC_KEY, delivery.signed) : MOUNTED;
    const config = { platform: platform.name, bundle: source, persistence: FOLDER.persistence };
    const files = opaFiles(config, placement, platform);
    const key = "signed" in delivery ? this.publicKey(platform) : undefined;
    const before = [
      this.makeConfig(key === undefined ? files : withPublicKey(files, Fn.jsonencode(key)), after),
      ...("signed" in delivery ? [] : [this.mountBundle(bundle.archive, delivery.configMap, after)]),
    ];
    this.container = opaContainer(pod);
    this.volumes = opaVolumes(pod);
    this.annotations = {
      "ambit.internal/config": digestOf(...Object.values(files)),
      ...(key === undefined
        ? { "ambit.internal/policy-digest": bundle.digest }
        : { "ambit.internal/policy-key": Fn.sha256(key) }),
    };
    this.address =
      placement === "sidecar"
        ? `unix://${OPA_SOCKET}`
        : `https://${CONTROL_ACCOUNT.opa}.${CONTROL_NAMESPACE}.svc:${OPA_PORT.decisions}`;
    this.ready = placement === "sidecar" ? before : this.deploy(replicas, pod, before);
  }

  private makeConfig(data: Files, after: readonly ITerraformDependable[]): ITerraformDependable {
    const metadata = { name: CONFIG, namespace: CONTROL_NAMESPACE };
    return new ConfigMapV1(this, "Config", { metadata, data: { ...data }, dependsOn: [...after] });
  }

  /** Known to AWS alone, and read when the stack is planned. */
  private publicKey(platform: Platform): string {
    return new DataAwsKmsPublicKey(this, "PublicKey", { keyId: platform.keyAlias("policy") }).publicKeyPem;
  }

  private mountBundle(
    bundle: Uint8Array,
    { reason }: ConfigMapDelivery,
    after: readonly ITerraformDependable[],
  ): ITerraformDependable {
    const base64 = Buffer.from(fitsConfigMap(bundle, `[${this.node.path}]`)).toString("base64");
    return new ConfigMapV1(this, "Bundle", {
      metadata: {
        name: MOUNTED_BUNDLE,
        namespace: CONTROL_NAMESPACE,
        annotations: { "ambit.internal/unsigned": reason },
      },
      binaryData: { [FILE.bundle]: base64 },
      dependsOn: [...after],
    });
  }

  private deploy(
    replicas: number,
    { role }: OpaPodProps,
    after: readonly ITerraformDependable[],
  ): readonly ITerraformDependable[] {
    const { container, volumes, annotations } = this;
    const fetches = role !== undefined;
    return new OpaDeployment(this, "Deployment", { container, volumes, annotations, replicas, fetches, after }).ready;
  }
}

/** OPA's bundle, mounted */
const MOUNTED = { file: `${FOLDER.bundle}/${FILE.bundle}` };

function replicasOf({ replicas = 2 }: OpaPolicyEngineProps, placement: string, where: string): number {
  if (placement !== "sidecar" && placement !== "deployment") {
    refuse("policy.malformed", where, `placement must be "sidecar" or "deployment", got ${shown(placement)}`);
  }
  if (!Number.isInteger(replicas) || replicas < 1) {
    refuse("policy.malformed", where, `replicas must be a whole number above zero, got ${shown(replicas)}`);
  }
  return replicas;
}
