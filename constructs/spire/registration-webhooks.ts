import { SPIRE_NAMESPACE } from "../platform/names";
import { CONTROLLER_MANAGER } from "./private/paths";

const webhook = (kind: string) => ({
  name: `v${kind}.kb.io`,
  admissionReviewVersions: ["v1"],
  sideEffects: "None",
  failurePolicy: "Fail",
  matchPolicy: "Equivalent",
  timeoutSeconds: 10,
  clientConfig: {
    service: {
      name: CONTROLLER_MANAGER.service,
      namespace: SPIRE_NAMESPACE.server,
      path: `/validate-spire-spiffe-io-v1alpha1-${kind}`,
      port: 443,
    },
  },
  rule: [
    {
      apiGroups: ["spire.spiffe.io"],
      apiVersions: ["v1alpha1"],
      operations: ["CREATE", "UPDATE"],
      resources: [`${kind}s`],
      scope: "*",
    },
  ],
});

/** By which the controller manager refuses custom resources that it cannot read */
export const REGISTRATION_WEBHOOKS = ["clusterfederatedtrustdomain", "clusterspiffeid"].map(webhook);
