import { byKey } from "../../domain/by-text";

/** An arbitrary user that is not root and owns no files in common images */
export const USER = "65532";

export interface Resources {
  /** Kubernetes quantity, such as `"250m"` */
  readonly cpu: string;
  /** Kubernetes quantity, such as `"256Mi"` */
  readonly memory: string;
}

/** What the restricted pod security standard asks of a pod, and more: no root, no links, no token unless mounted by name */
export const RESTRICTED_POD = {
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: USER,
    runAsGroup: USER,
    fsGroup: USER,
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  },
} as const;

/** A container without capabilities and without a writable root file system, which gets what it asks for and no more. */
export function hardened(name: string, image: string, resources: Resources) {
  return {
    name,
    image,
    resources: { requests: { ...resources }, limits: { ...resources } },
    securityContext: {
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ["ALL"] },
    },
  };
}

export function variables(environment: Readonly<Record<string, string>>) {
  return Object.entries(environment)
    .sort(byKey)
    .map(([name, value]) => ({ name, value }));
}
