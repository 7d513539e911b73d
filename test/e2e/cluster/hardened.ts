type Fields = Readonly<Record<string, unknown>>;

export interface HardenedContainer extends Fields {
  readonly name: string;
  readonly image: string;
}

export interface HardenedSettings extends Fields {
  /** @default - none */
  readonly sysctls?: readonly Fields[];
}

/** A pod's specification that the restricted level takes: not root, no capabilities, a root file system that is read-only. */
export function hardened(container: HardenedContainer, settings: HardenedSettings = {}): Fields {
  const { sysctls, ...more } = settings;
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 1,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      fsGroup: 65532,
      seccompProfile: { type: "RuntimeDefault" },
      ...(sysctls === undefined ? {} : { sysctls }),
    },
    containers: [
      {
        imagePullPolicy: "Never",
        resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "256Mi" } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        ...container,
      },
    ],
    ...more,
  };
}
