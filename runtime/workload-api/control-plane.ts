/** Paths of the control plane's SPIFFE IDs, in the trust domain of the platform (constructs/platform/names.ts) */
export const CONTROL_PATHS = {
  exchange: "/ns/ambit-system/sa/ambit-exchange",
  gateway: "/ns/ambit-system/sa/ambit-gateway",
} as const;
