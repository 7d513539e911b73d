import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { refuse, shown } from "../../domain";
import { CONTROL_ACCOUNT, CONTROL_NAMESPACE } from "../platform/names";
import type { OpaSidecarProps } from "./opa-sidecar";
import { opaEngine } from "./private/opa-engine";
import { OPA_PORT } from "./private/opa-pod";
import { OpaPods } from "./private/opa-pods";

export interface OpaDeploymentProps extends OpaSidecarProps {
  /**
   * Pods.
   *
   * @default 2
   */
  readonly replicas?: number;
}

/**
 * Unmodified OPA with the declared policy, in pods of its own: it decides each request, and denies all until its bundle is
 * active. It answers the authorizer alone, over mutual TLS.
 */
export class OpaDeployment extends Construct {
  /** Where the authorizer asks: `https://…` */
  public readonly address = `https://${CONTROL_ACCOUNT.opa}.${CONTROL_NAMESPACE}.svc:${OPA_PORT.decisions}`;
  public readonly ready: readonly ITerraformDependable[];

  /** @throws DeclarationError `policy.malformed`, `policy.too-large`, `policy.version` */
  constructor(scope: Construct, id: string, props: OpaDeploymentProps) {
    super(scope, id);
    const { replicas = 2 } = props;
    if (!Number.isInteger(replicas) || replicas < 1) {
      const what = `replicas must be a whole number above zero, got ${shown(replicas)}`;
      refuse("policy.malformed", `[${this.node.path}]`, what);
    }
    const { ready: after, ...engine } = opaEngine(this, "deployment", props);
    this.ready = new OpaPods(this, "Deployment", { ...engine, replicas, after }).ready;
  }
}
