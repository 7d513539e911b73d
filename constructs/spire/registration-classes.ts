import { LABELS } from "../platform/names";
import { CLASS_NAME } from "./private/paths";

/** Which pods get an SVID, and which of their containers */
interface RegistrationClass {
  readonly name: string;
  readonly namespaces: "agents" | "platform";
  readonly pods: object;
  /** Without one, every container of the pod */
  readonly container?: string;
}

const ACTIVE = { [LABELS.managed]: "true", [LABELS.state]: "active" };

export const REGISTRATION_CLASSES: readonly RegistrationClass[] = [
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

export interface RegistrationSettings {
  /** Life of X.509-SVIDs and JWT-SVIDs, as SPIRE writes durations */
  readonly ttl: string;
  readonly jwtTtl: string;
  /** Trust domains whose SVIDs the workloads get to verify */
  readonly federatesWith: readonly string[];
}

/** A ClusterSPIFFEID: it registers the pods of a class. */
export function registrationManifest(
  { name, namespaces, pods, container }: RegistrationClass,
  { ttl, jwtTtl, federatesWith }: RegistrationSettings,
) {
  return {
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
      ttl,
      jwtTtl,
      ...(federatesWith.length === 0 ? {} : { federatesWith }),
    },
  };
}
