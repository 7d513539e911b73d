import type { ToolGatewayProps } from "../constructs/gateway";

/** The example organisation's choices about the gateway. */
export const gateway: Pick<ToolGatewayProps, "users"> = {
  // A secret that cert-manager keeps, for all names below the domain of userListener in platform.ts
  users: { certificate: "ambit-users-tls" },
};
