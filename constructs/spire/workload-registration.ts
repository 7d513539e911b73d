import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { LABELS } from "../platform/names";
import { platformOf } from "../platform/scope";
import { lifetimesOf, type SpireLifetimes } from "./private/lifetimes";
import { CLASS_NAME } from "./private/paths";
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

/** Which pods get an SVID, and which of their containers */
interface RegistrationClass {
  readonly name: string;
  readonly namespaces: "agents" | "platform";
  readonly pods: object;
  /** Without one, every container of the pod */
  readonly container?: string;
}

const ACTIVE = { [LABELS.managed]: "true", [LABELS.state]: "active" };

const CLASSES: readonly RegistrationClass[] = [
  { name: "ambit-companions", namespaces: "agents", pods: { matchLabels: ACTIVE }, container: "companion" },
  {
    name: "ambit-agent-containers",
    namespaces: "agents",
    pods: { matchLabels: { ...ACTIVE, [LABELS.svid]: "agent-container" } },
    container: "agent",
  },
  {
    name: "ambit-components",
    namespaces: "platform",
    pods: { matchExpressions: [{ key: LABELS.component, operator: "Exists" }] },
  },
];

const SERVICE_ACCOUNT = "{{ .PodSpec.ServiceAccountName }}";
const NAMESPACE = "{{ .PodMeta.Namespace }}";

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
    this.ready = CLASSES.map(
      ({ name, namespaces, pods, container }) =>
        new Manifest(this, name, {
          manifest: {
            apiVersion: "spire.spiffe.io/v1alpha1",
            kind: "ClusterSPIFFEID",
            metadata: { name },
            spec: {
              className: CLASS_NAME,
              spiffeIDTemplate: `spiffe://{{ .TrustDomain }}/ns/${NAMESPACE}/sa/${SERVICE_ACCOUNT}`,
              namespaceSelector: { matchLabels: { [LABELS.namespace]: namespaces } },
              podSelector: pods,
              // Besides the pod's uid, which the controller manager adds.
              workloadSelectorTemplates: [
                `k8s:ns:${NAMESPACE}`,
                `k8s:sa:${SERVICE_ACCOUNT}`,
                ...(container === undefined ? [] : [`k8s:container-name:${container}`]),
              ],
              ttl: String(x509Svid),
              jwtTtl: String(jwtSvid),
              ...(federatesWith.length === 0 ? {} : { federatesWith }),
            },
          },
          dependsOn: [...(props.after ?? [])],
        }),
    );
  }
}
