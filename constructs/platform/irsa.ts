import { withoutScheme } from "../../domain/issuer-address";
import { PolicyDocument } from "../../iam";
import { STS_AUDIENCE } from "./names";
import type { Platform } from "./platform";

/** Trust of exactly one service account of exactly this cluster, through the cluster's own OIDC issuer. */
export function serviceAccountTrust(platform: Platform, namespace: string, account: string): PolicyDocument {
  const { oidcIssuer } = platform.cluster;
  const issuer = withoutScheme(oidcIssuer);
  return PolicyDocument.of([
    {
      Effect: "Allow",
      Principal: { Federated: platform.oidcProviderArn(oidcIssuer) },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          [`${issuer}:aud`]: STS_AUDIENCE,
          [`${issuer}:sub`]: `system:serviceaccount:${namespace}:${account}`,
        },
      },
    },
  ]);
}
