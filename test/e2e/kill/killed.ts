import type { KubeReference } from "../spire/kube-client";

/** What the kill switch attaches to an agent's roles */
export const DENY_ALL = "arn:aws:iam::aws:policy/AWSDenyAll";

/** The list of killed agents */
export const KILLED: KubeReference = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "ambit-killed-agents", namespace: "ambit-system" },
};
