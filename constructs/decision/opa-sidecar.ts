import type {
  DeploymentV1SpecTemplateSpecContainer,
  DeploymentV1SpecTemplateSpecVolume,
} from "@cdktf/provider-kubernetes/lib/deployment-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Fleet } from "../../domain";
import type { Resources } from "../platform/hardened";
import type { OpaDelivery } from "./opa-delivery";
import { opaEngine } from "./private/opa-engine";
import { OPA_SOCKET, SOCKET_MOUNT } from "./private/opa-pod";

export interface OpaSidecarProps {
  /** The fleet whose requests are decided */
  readonly fleet: Fleet;
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
   * What must be there before: the control namespace.
   *
   * @default - nothing
   */
  readonly after?: readonly ITerraformDependable[];
}

/**
 * Unmodified OPA with the declared policy, for the authorizer's pod: it decides each request, and denies all until its bundle
 * is active. It listens on a Unix socket alone. `container`, `volumes` and `annotations` are yours to put into the pod.
 */
export class OpaSidecar extends Construct {
  public readonly container: DeploymentV1SpecTemplateSpecContainer;
  public readonly volumes: readonly DeploymentV1SpecTemplateSpecVolume[];
  /** On the pod's template, so that new files start new pods */
  public readonly annotations: Readonly<Record<string, string>>;
  /** Where the authorizer asks: `unix://` and the path of the socket */
  public readonly address = `unix://${OPA_SOCKET}`;
  /** Lets the authorizer's container see the socket; it must run as the same user */
  public readonly socketMount = SOCKET_MOUNT;
  public readonly ready: readonly ITerraformDependable[];

  /** @throws DeclarationError `policy.malformed`, `policy.too-large`, `policy.version` */
  constructor(scope: Construct, id: string, props: OpaSidecarProps) {
    super(scope, id);
    const { container, volumes, annotations, ready } = opaEngine(this, "sidecar", props);
    this.container = container;
    this.volumes = volumes;
    this.annotations = annotations;
    this.ready = ready;
  }
}
