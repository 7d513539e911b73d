import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { platformOf } from "../platform/scope";
import { lifetimesOf, type SpireLifetimes } from "./private/lifetimes";
import { REGISTRATION_CLASSES, registrationManifest } from "./registration-classes";
import { foreignTrustDomain } from "./upstream-authority";

export interface WorkloadRegistrationProps {
  /**
   * Resources to create first: servers must answer, because their webhook checks registrations.
   *
   * @default - nothing
   */
  readonly after?: readonly ITerraformDependable[];

  /**
   * Trust domains whose SVIDs the workloads get to verify.
   *
   * @default - none
   */
  readonly federatesWith?: readonly string[];

  /**
   * How long the SVIDs of workloads may live.
   *
   * @default - X.509-SVIDs 1 h, JWT-SVIDs 5 min
   */
  readonly lifetimes?: SpireLifetimes;
}

/**
 * Who gets which SPIFFE ID: one ClusterSPIFFEID per class of pods, however many agents there are.
 *
 * The ID is that of the service account, admission sees to it that only the declared one carries an agent's labels, and
 * suspended agents are not selected.
 */
export class WorkloadRegistration extends Construct {
  public readonly ready: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: WorkloadRegistrationProps = {}) {
    super(scope, id);
    const where = `[${this.node.path}]`;
    const { trustDomain } = platformOf(this);
    const { x509Svid, jwtSvid } = lifetimesOf(props.lifetimes, where);
    const federatesWith = (props.federatesWith ?? []).map((name) => foreignTrustDomain(name, trustDomain, where));
    const settings = { ttl: String(x509Svid), jwtTtl: String(jwtSvid), federatesWith };
    this.ready = REGISTRATION_CLASSES.map(
      (each) =>
        new Manifest(this, each.name, {
          manifest: registrationManifest(each, settings),
          dependsOn: [...(props.after ?? [])],
        }),
    );
  }
}
