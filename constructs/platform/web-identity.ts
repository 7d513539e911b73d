import { STS_AUDIENCE } from "./names";

const TOKEN_FILE = "token";
/** Kubernetes renews it when 80 % of this are over. */
const TOKEN_SECONDS = 3600;

/** Variables of a container with a role of its own; the deployment says whose, and where */
export const IDENTITY_VARIABLES = {
  AWS_REGION: undefined,
  AWS_ROLE_ARN: undefined,
  AWS_WEB_IDENTITY_TOKEN_FILE: undefined,
} as const;

export interface WebIdentityProps {
  /** Name of the volume */
  readonly volume: string;
  /** Where it is mounted */
  readonly folder: string;
  readonly role: { readonly arn: string; readonly region: string };
}

/** A role for one container alone, where a service account's annotation would give it to the whole pod. */
export function webIdentity({ volume, folder, role }: WebIdentityProps) {
  const token = { path: TOKEN_FILE, audience: STS_AUDIENCE, expirationSeconds: TOKEN_SECONDS };
  return {
    environment: {
      AWS_REGION: role.region,
      AWS_ROLE_ARN: role.arn,
      AWS_WEB_IDENTITY_TOKEN_FILE: `${folder}/${TOKEN_FILE}`,
    },
    mount: { name: volume, mountPath: folder, readOnly: true },
    volume: { name: volume, projected: [{ sources: [{ serviceAccountToken: token }] }] },
  };
}
