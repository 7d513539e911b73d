import type { SpireProps } from "../constructs/spire";
import { rdsCertificates } from "./rds-certificates";

/** The example organisation's choices about SPIRE. Ids and certificates are examples. */
export const spire: SpireProps = {
  database: {
    vpc: "vpc-0a1b2c3d4e5f60718",
    subnets: ["subnet-0a1b2c3d4e5f60721", "subnet-0a1b2c3d4e5f60722"],
    cidrs: ["10.0.48.0/24", "10.0.49.0/24"],
    clientCidrs: ["10.0.64.0/18"],
    certificateAuthorities: rdsCertificates,
  },
  oidc: { certificateSecret: "oidc-certificate" },
};
